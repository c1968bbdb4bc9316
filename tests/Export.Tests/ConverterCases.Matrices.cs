using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests;

static partial class ConverterCases
{
    static IEnumerable<Case> Matrices() => [.. Systems(), .. MatrixNorms(), .. Windows(), .. Bags()];

    static long[] matrix => [4, 4];

    // With a dominant diagonal, so that rounding stays small.
    static Tensor Regular(Tensor x) => x + eye(4) * 6;

    static IEnumerable<Case> Systems() =>
    [
        Of("THSLinalg_inv", x => linalg.inv(Regular(x)), matrix), Of("THSLinalg_inv", x => linalg.inv(Regular(x).flip(1)), matrix),
        Of("THSLinalg_inv", x => Regular(x).inverse(), matrix),
        Of("THSLinalg_solve", x => linalg.solve(Regular(x), x.exp()), matrix),
            Of("THSLinalg_solve", x => linalg.solve(Regular(x), x.select(2, 0)), matrix),
        Of("THSLinalg_solve", x => linalg.solve(Regular(x).flip(2), x.narrow(1, 0, 2), left: false), matrix),
        Of("THSLinalg_det", x => linalg.det(Regular(x).flip(1)), matrix),
            Of("THSLinalg_det", x => linalg.det(x.round() * ones(4, 1).tril(-1)), matrix),
        Of("THSLinalg_slogdet", x => linalg.slogdet(Regular(x).roll(1, 1)).Item2, matrix),
            Of("THSTensor_logdet", x => Regular(x).logdet(), matrix),
        Of("THSLinalg_matrix_power", x => x.matrix_power(3) + x.matrix_power(0), matrix),
            Of("THSLinalg_matrix_power", x => Regular(x).matrix_power(-2), matrix),
    ];

    static IEnumerable<Case> MatrixNorms() =>
    [
        Of("THSLinalg_matrix_norm", x => linalg.matrix_norm(x, 1.0), matrix),
            Of("THSLinalg_matrix_norm", x => linalg.matrix_norm(x, double.NegativeInfinity, [0, 2], true), sequence),
        Of("THSLinalg_matrix_norm_fronuc", x => linalg.matrix_norm(x), sequence),
            Of("THSLinalg_norm_str", x => linalg.norm(x, "fro", [1, 2]), sequence),
        Of("THSLinalg_norm_float", x => linalg.norm(x, double.PositiveInfinity, [1, 2], true), sequence),
            Of("THSLinalg_vecdot", x => linalg.vecdot(x, x.sin(), 1), sequence),
    ];

    static IEnumerable<Case> Windows() =>
    [
        Of("THSNN_fold", x =>
            F.fold(F.unfold(x, (3, 2), padding: (1, 0), stride: (2, 1)).exp(), (6, 6), (3, 2), padding: (1, 0), stride: (2, 1)), image),
        Of("THSNN_fold", x => F.fold(x, (5, 4), (2, 2), dilation: (2, 1)), [8, 9]),
            Of("THSNN_fold", x => F.fold(x, (6, 6), (2, 2), stride: (3, 3)), [8, 4]),
        Of("THSTensor_adaptive_max_pool1d", x => F.adaptive_max_pool1d(x.transpose(0, 2), 3), sequence),
        Of("THSTensor_adaptive_max_pool2d", x => F.adaptive_max_pool2d(x.transpose(0, 2), [2, 3]), image),
    ];

    static IEnumerable<Case> Bags() =>
    [
        .. ((TorchSharp.EmbeddingBagMode[])[TorchSharp.EmbeddingBagMode.Sum, TorchSharp.EmbeddingBagMode.Mean,
            TorchSharp.EmbeddingBagMode.Max]).Select(mode =>
            Having("THSNN_EmbeddingBag_forward", () => nn.EmbeddingBag(9, 4, mode: mode),
                (inner, x) => inner.call(x.reshape(-1), arange(x.shape[0]) * 4), [5]) with { Low = 0, High = 8, Whole = true }),
        Having("THSNN_EmbeddingBag_forward", () => nn.EmbeddingBag(9, 4, mode: TorchSharp.EmbeddingBagMode.Sum, include_last_offset: true),
            (inner, x) => inner.call(x.reshape(-1), tensor(new long[] { 0, 1, 1, 4 }), x.reshape(-1).sin()), [5]) with { Low = 0, High = 8,
                Whole = true, HasGradient = false }, // native memory that is not set, for the elements behind the last bag
    ];
}
