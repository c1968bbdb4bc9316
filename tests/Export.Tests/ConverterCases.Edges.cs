using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests;

/// <summary>Values and sizes at which operators of the same name differ between libraries.</summary>
static partial class ConverterCases
{
    static IEnumerable<Case> Edges() =>
        [.. NotNumbers(), .. Integers(), .. EdgesOfPools(), .. EdgesOfResizes(), .. Hidden(), .. EdgesOfWrites(), .. EdgesOfTypes(),
        .. EdgesOfNorms(), .. More()];

    // Above 0.5 not a number.
    static Tensor Holed(Tensor x) => where(x.gt(0.5), full_like(x, double.NaN), x);

    static IEnumerable<Case> NotNumbers() =>
    [
        Of("THSTensor_sign", x => Holed(x).sign()), Of("THSTensor_sgn", x => x.sgn()),
            Of("THSTensor_bucketize", x => bucketize(Holed(x), tensor([-1f, 0f, 1f]))),
        Of("THSTensor_max_elementwise", x => max(Holed(x), x.neg())), Of("THSTensor_clamp", x => Holed(x).clamp(-1, 1)),
            Of("THSTensor_relu", x => Holed(x).relu()),
        Of("THSTensor_remainder", x => x.remainder(full_like(x, double.PositiveInfinity))),
            Of("THSTensor_remainder", x => x.remainder(full_like(x, double.NegativeInfinity))),
            Of("THSTensor_floor_divide", x => x.floor_divide(full_like(x, double.PositiveInfinity))),
        Of("THSTensor_remainder", x => (x * 4).round().remainder((x * 3).sin().round())), // by zero too
        Of("THSTensor_isclose", x =>
            x.reciprocal().mul(0).add(double.PositiveInfinity).isclose(where(x.gt(0), full_like(x, double.PositiveInfinity), x))),
            Of("THSTensor_isclose", x => Holed(x).isclose(Holed(x), nanEqual: true)),
        Of("THSTensor_lp_pool1d", x => F.lp_pool1d(x, 3, 2), sequence), Of("THSTensor_expm1", x => (x * 1e-6).expm1()),
            Of("THSTensor_log1p", x => (x * 1e-6).log1p()), Of("THSTensor_log1p", x => (x * 40).abs().log1p()),
            Of("THSTensor_expm1", x => (x * 40).expm1() / 1e30),
        Of("THSTensor_erfc", x => (x.abs() + 2).erfc()), Of("THSSpecial_ndtr", x => special.ndtr(x.abs().neg() - 4)),
    ];

    static IEnumerable<Case> Integers() =>
    [
        .. ((ScalarType[])[ScalarType.Int64, ScalarType.Int32]).SelectMany(type => (Case[])
        [
            Of("THSTensor_floor_divide_scalar", x => (x * 5).to(type).floor_divide(3)),
                Of("THSTensor_floor_divide_scalar", x => (x * 5).to(type).floor_divide(-3)),
                Of("THSTensor_remainder_scalar", x => (x * 5).to(type).remainder(-3)),
                Of("THSTensor_fmod_scalar", x => (x * 5).to(type).fmod(3)),
            Of("THSTensor_div_scalar", x => (x * 5).to(type).div(3, RoundingMode.floor)),
                Of("THSTensor_div_scalar", x => (x * 5).to(type).div(3, RoundingMode.trunc)),
                Of("THSTensor_div", x => (x * 5).to(type).div((x * 3).to(type).abs() + 1, RoundingMode.floor)),
            Of("THSTensor_relu", x => (x * 5).to(type).relu()), Of("THSTensor_floor", x => (x * 5).to(type).floor()),
                Of("THSTensor_ceil", x => (x * 5).to(type).ceil()), Of("THSTensor_trunc", x => (x * 5).to(type).trunc()),
                Of("THSTensor_isnan", x => (x * 5).to(type).isnan()),
            Of("THSTensor_pow", x => (x * 5).to(type).pow((x * 2).to(type).abs())),
                Of("THSTensor_max_pool2d", x => F.max_pool2d((x * 5).to(type).to(float32), 2), square),
                Of("THSTensor_sort", x => (x * 5).to(type).sort(1).Values),
                Of("THSTensor_matmul", x => (x * 5).to(type).matmul((x * 3).to(type).t())),
        ]),
    ];

    static IEnumerable<Case> EdgesOfTypes() =>
    [
        Of("THSTensor_amax", x => x.gt(0).amax([1])), Of("THSTensor_sort", x => x.gt(0).sort(1).Values),
            Of("THSTensor_sign", x => x.gt(0).sign()), Of("THSTensor_mul", x => x.gt(0) * x.lt(1)),
            Of("THSTensor_add", x => x.gt(0) + x.lt(1)), Of("THSTensor_lt", x => x.gt(0).lt(x.gt(-1))),
            Of("THSTensor_gt_scalar", x => x.gt(0).gt(-1)),
        Of("THSTensor_pow_scalar", x => x.abs().mul(3).to(uint8).pow(2)),
            Of("THSTensor_matmul", x => x.abs().to(uint8).matmul(x.abs().to(uint8).t())),
            Of("THSTensor_sum_along_dimensions", x => x.abs().mul(3).to(uint8).sum([1L])),
            Of("THSTensor_neg", x => x.abs().mul(3).to(uint8).neg()),
        Of("THSTensor_where", x => where(x.gt(0), x.gt(1), x.lt(-1))), Of("THSTensor_cummax", x => x.gt(0).cummax(1).values),
            Of("THSTensor_scatter", x => x.scatter(1, x.argmax(1, true).clone(), x.exp())), Of("THSTensor_erf", x => x.to(float64).erf()),
            Of("THSTensor_elu", x => F.elu(x.to(float64), 1)),
        Of("THSTensor_conv1d", x => F.conv1d(x.to(float64), ones(2, 5, 3, dtype: float64)), sequence),
            Of("THSTensor_avg_pool1d", x => F.avg_pool1d(x.to(float64), 2), sequence),
            Of("THSTensor_lt_scalar", x => x.abs().to(uint8).lt(1)), Of("THSTensor_bitwise_and", x => x.gt(0).bitwise_and(x.lt(1))),
    ];

    static IEnumerable<Case> EdgesOfPools() =>
    [
        Of("THSTensor_avg_pool2d", x => F.avg_pool2d(arange(1, 17, dtype: float32).reshape(1, 4, 4) + x * 0, 3, 2, 1, ceil_mode: true),
            square), Of("THSTensor_avg_pool2d", x => F.avg_pool2d(x, 3, 2, 1, ceil_mode: true, count_include_pad: false), square),
        Of("THSTensor_avg_pool2d", x => F.avg_pool2d(x, 2, 2, 1, ceil_mode: true), square),
            Of("THSTensor_avg_pool2d", x => F.avg_pool2d(x.narrow(2, 0, 2).narrow(3, 0, 2), 3, 3, ceil_mode: true), square),
            Of("THSTensor_avg_pool1d", x => F.avg_pool1d(x, 3, 2, 1, ceil_mode: true), [2, 4]),
        Of("THSTensor_avg_pool1d", x => F.avg_pool1d(x, 3, 2, 1, ceil_mode: true, count_include_pad: false), [2, 4]),
            Of("THSTensor_max_pool2d", x => F.max_pool2d(x.narrow(2, 0, 2).narrow(3, 0, 2), 3, 3, ceil_mode: true), square),
            Of("THSTensor_max_pool2d", x => F.max_pool2d(x, 3, 2, 1, ceil_mode: true), square),
        Of("THSTensor_max_pool1d", x => F.max_pool1d(x, 3, 2, 1, ceil_mode: true), [2, 4]),
            Of("THSTensor_adaptive_avg_pool2d", x => F.adaptive_avg_pool2d(x.sum([0L]), [3, 2]) + x.sum() * 0, square),
            Of("THSTensor_adaptive_avg_pool2d", x => F.adaptive_avg_pool2d(x, [3, 1]), square),
            Of("THSTensor_adaptive_max_pool2d", x => F.adaptive_max_pool2d(x, [3, 1]), square),
    ];

    static IEnumerable<Case> EdgesOfResizes() =>
    [
        .. ((long[])[1, 4, 7, 11, 13, 28, 29, 31]).Select(size => Of("THSNN_interpolate", x => F.interpolate(x, [size]), [2, 28])),
            Of("THSNN_interpolate", x => F.interpolate(x, [x.shape[2] * 2, x.shape[3] / 2]), square),
            Of("THSNN_interpolate", x => F.interpolate(x, scale_factor: [1.7, 0.6]), [2, 7, 9]),
        Of("THSNN_interpolate", x => F.interpolate(x, [1, 1], mode: InterpolationMode.Bilinear, align_corners: false), square),
            Of("THSNN_interpolate", x => F.interpolate(x, [1, 1], mode: InterpolationMode.Bilinear, align_corners: true), square),
            Of("THSNN_interpolate", x => F.interpolate(x, [1, 1], mode: InterpolationMode.Bicubic, align_corners: false), square),
        Of("THSNN_interpolate", x => F.interpolate(x, [1, 1], mode: InterpolationMode.Bicubic, align_corners: true), square),
            Of("THSNN_interpolate", x => F.interpolate(x, [1], mode: InterpolationMode.Linear, align_corners: false), [2, 5]),
    ];

    static IEnumerable<Case> Hidden() =>
    [
        // hides whole rows
        Of("THSNN_scaled_dot_product_attention", x => F.scaled_dot_product_attention(x, x.sin(), x.cos(), x.sum([2], keepdim: true).gt(0)),
            sequence),
        Of("THSNN_scaled_dot_product_attention", x =>
            F.scaled_dot_product_attention(x, x.sin(), x.cos(), zeros_like(x.sum([2], keepdim: true))
            .masked_fill(x.sum([2], keepdim: true).gt(0), double.NegativeInfinity)), sequence),
        Of("THSNN_scaled_dot_product_attention", x => F.scaled_dot_product_attention(x, x.sin(), x.cos(), x.narrow(2, 0, 5).gt(0)),
            sequence),
        Having("THSNN_Embedding_forward", () => nn.Embedding(9, 4, max_norm: 1), (inner, x) => inner.call(x), [5]) with { Low = 0, High = 8,
            Whole = true }, Having("THSNN_Embedding_forward", () => nn.Embedding(9, 4, max_norm: 0.5, norm_type: 1), (inner, x) =>
            inner.call(x), [5]) with { Low = 0, High = 8, Whole = true },
        Having("THSNN_EmbeddingBag_forward", () => nn.EmbeddingBag(9, 4, max_norm: 1), (inner, x) => inner.call(x, null, null),
            [5]) with { Low = 0, High = 8, Whole = true },
    ];

    static IEnumerable<Case> EdgesOfWrites() =>
    [
        Write("THSTensor_index_put_", y => y[TensorIndex.Colon, TensorIndex.Slice(3, 3)] = zeros(y.shape[0], 0, 8), sequence),
            Write("THSTensor_index.write", y => y[TensorIndex.Colon, 1].add_(1), sequence),
            Write("THSTensor_slice.write", y => y.slice(1, 2, 2, 1).add_(1), sequence),
        Write("THSTensor_index_put_", y => y[TensorIndex.Slice(stop: y.shape[0] - 1)] = y[TensorIndex.Slice(1)] * 2, sequence),
            Of("THSTensor_roll", x => x.roll(13, 1), sequence), Of("THSTensor_roll", x => x.roll(-13, 0)),
    ];

    static IEnumerable<Case> EdgesOfNorms() =>
    [
        Module("THSNN_batch_norm", () => nn.BatchNorm2d(4, track_running_stats: false), image),
            Module("THSNN_batch_norm", () => nn.BatchNorm1d(6, affine: false, track_running_stats: false), vector),
            Module("THSNN_instance_norm", () => nn.InstanceNorm2d(4, track_running_stats: true), image),
        Module("THSTensor_gelu_with_approximate", () => nn.GELU(TorchSharp.Modules.GELU.Approximate.tanh), vector),
    ];

    static IEnumerable<Case> More() =>
    [
        Of("THSTensor_nan_to_num", x => Holed(x).nan_to_num(3)),
        Of("THSTensor_nan_to_num", x => (x.round() / 0).nan_to_num(posinf: 5, neginf: -6)),
        Of("THSTensor_logit", x => x.logit(0.1), low: 0, high: 1),
        Of("THSTensor_arange", x => x * arange(x.shape[0] - 1, -1, -1).unsqueeze(1)),
        Of("THSTensor_diagonal", x => x.matmul(x.t()).diagonal(), vector),
        Of("THSTensor_diagonal", x => x.matmul(x.t()).diagonal(-1).sum() + x),
        Of("THSTensor_var_along_dimensions", x => cat([x, x.sin()], 0).var([0L])),
        Of("THSTensor_std_along_dimensions", x => cat([x, x.sin()], 0).std([0L, 1L])),
        Of("THSTensor_softplus", x => F.softplus(x, 2, 1)),
        Of("THSTensor_bitwise_left_shift", x => (x * 5).to(int64).bitwise_left_shift(full_like(x, 2, dtype: int64))),
        Of("THSTensor_bitwise_right_shift", x => (x * 50).to(int64).bitwise_right_shift(full_like(x, 2, dtype: int64))),
        Of("THSTensor_bitwise_and", x => (x * 50).to(int64).bitwise_and((x * 30).to(int64))) with { Opset = 18 },
        Of("THSTensor_bitwise_or", x => (x * 50).to(int32).bitwise_or((x * 30).to(int32))) with { Opset = 18 },
        Of("THSTensor_bitwise_not", x => (x * 50).to(int64).bitwise_not()) with { Opset = 18 },
        Of("THSTensor_kron", x => x.kron(arange(6, dtype: float32).reshape(2, 3))),
        Of("THSTensor_mul_scalar", x => x * (1 / Math.Sqrt(x.shape[0]))),
        Of("THSTensor_mul_scalar", x => x * (0.5 / x.shape[0]) + Math.Log(x.shape[0] + 0.0)),
        Of("THSTensor_narrow", x => x.narrow(0, 0, Math.Min(x.shape[0], 4)).sum([0L]) + x),
        Of("THSNN_mse_loss", x => F.mse_loss(x, x.sin()) + x),
        Of("THSNN_l1_loss", x => F.l1_loss(x, x.sin(), nn.Reduction.Sum) + x),
        Of("THSNN_smooth_l1_loss", x => F.smooth_l1_loss(x, x.sin(), beta: 0.5) + x),
        Of("THSNN_huber_loss", x => F.huber_loss(x, x.sin(), 0.5) + x),
        Of("THSNN_cross_entropy", x => F.cross_entropy(x, x.sin().argmax(1)) + x),
        Of("THSNN_cross_entropy", x => F.cross_entropy(x, x.sin().argmax(1), reduction: nn.Reduction.None)),
        // Found by random modules.
        Of("THSSpecial_softmax", x => x.sum().softmax(0) + x), Of("THSSpecial_log_softmax", x => F.log_softmax(x.sum(), -1) + x),
        Of("THSNN_instance_norm", x => F.instance_norm(x) + x),
        Of("THSNN_cosine_similarity", x => F.cosine_similarity(x.unsqueeze(1), x.to(float64).narrow(0, 0, 1), 2)),
        Of("THSNN_cosine_similarity", x => F.cosine_similarity(x, x.sum([0L]).exp(), 1)),
        Of("THSTensor_addcmul", x => x.addcmul(x.gt(0), x.gt(1), 0.5)),
            Of("THSTensor_addcmul", x => x.to(int64).addcmul(x.gt(0), x.gt(1), 0.5)),
        Of("THSTensor_addcdiv", x => x.to(float64).addcdiv(x, x.exp(), 0.5)),
        Of("THSTensor_gt_scalar", x => x.abs().to(uint8).gt(-1)), Of("THSTensor_le_scalar", x => x.abs().to(uint8).le(-2)),
        Of("THSTensor_le_scalar", x => x.abs().to(uint8).le(-1.0)), Of("THSTensor_ge_scalar", x => x.to(int32).ge(1.0)),
        Of("THSTensor_logsumexp", x => cat([x.narrow(1, 0, 0).logsumexp(1), x.sum([1L])])),
        .. ThroughNaN(),
        .. Unguarded().Select(item => item with { KeepNaN = false }),
    ];

    // The logarithm of what is below 0 is NaN. An output that is NaN everywhere proves nothing, so that some add another part.
    static IEnumerable<Case> ThroughNaN() =>
    [
        Of("THSTensor_amax", x => x.log().amax([1]), sequence, low: -0.5),
            Of("THSTensor_amin", x => x.log().amin([2], true), sequence, low: -0.5),
        Of("THSTensor_max", x => cat([x.log().max().expand(x.shape), x], 1)),
            Of("THSTensor_min", x => cat([x.log().min().expand(x.shape), x], 1)),
            Of("THSTensor_aminmax", x => x.log().aminmax(1).min, low: -0.5),
        Of("THSTensor_max_along_dimension", x => x.log().max(1).indexes, sequence),
            Of("THSTensor_min_along_dimension", x => x.log().min(1).values, sequence, low: -0.5),
        Of("THSTensor_argmax_along_dimension", x => x.log().argmax(1), sequence),
            Of("THSTensor_argmin", x => x + x.log().argmin(), low: 0.5),
        Of("THSTensor_sort", x => x.log().sort(1).Values, sequence),
            Of("THSTensor_sort", x => x.log().sort(1, descending: true).Values, sequence),
            Of("THSTensor_sort", x => (x.log() / x.round().relu()).sort(1).Values, sequence),
        Of("THSTensor_topk", x => x.log().topk(2, 1).values, sequence, low: -0.5),
            Of("THSTensor_kthvalue", x => x.log().kthvalue(2, 1).values, sequence),
        Of("THSTensor_max_pool1d", x => F.max_pool1d(x.log(), 3, 2, 1), sequence, low: -0.5),
            Of("THSTensor_max_pool2d", x => F.max_pool2d(x.log(), 2), image, low: -0.5),
        Of("THSTensor_max_pool2d_with_indices", x => F.max_pool2d_with_indices(x.log(), [3, 3], [2, 2], [1, 1]).output, image, low: -0.2),
            Of("THSTensor_max_pool2d_with_indices", x => F.max_pool2d_with_indices(x.log(), [3, 3], [2, 2], [1, 1]).indices, image),
        Of("THSTensor_adaptive_max_pool1d", x => F.adaptive_max_pool1d(x.log(), 1), sequence, low: -0.2),
            Of("THSTensor_adaptive_max_pool2d", x => F.adaptive_max_pool2d(x.log(), [4, 4]), image, low: -0.2),
            Of("THSTensor_adaptive_max_pool2d", x => F.adaptive_max_pool2d(x.log(), [3, 3]), image, low: -0.2),
        Of("THSTensor_cummax", x => x.log().cummax(1).values, sequence, low: -0.2), Of("THSTensor_cummax", x => x.log().cummax(1).indexes),
            Of("THSTensor_cummin", x => x.log().cummin(1).values, low: -0.2), Of("THSTensor_cummin", x => x.log().cummin(1).indexes),
        Of("THSTensor_median", x => cat([x.log().median().expand(x.shape), x], 1)),
        Of("THSTensor_norm_along_dimension", x => x.log().norm(1, false, float.PositiveInfinity), sequence, low: -0.5),
        Of("THSTensor_threshold", x => F.threshold(x.log(), 0.25, -3)), Of("THSTensor_hardshrink", x => F.hardshrink(x.log(), 0.5)),
        Of("THSTensor_bucketize", x => x.log().bucketize(linspace(-1, 1, 5))), Of("THSTensor_sign", x => x.log().sign()),
    ];

    // As without NaN in the input.
    static IEnumerable<Case> Unguarded() =>
    [
        Of("THSTensor_amax", x => x.amax([1]), sequence), Of("THSTensor_min", x => x.min() + x),
        Of("THSTensor_max_along_dimension", x => x.max(1).indexes, sequence), Of("THSTensor_argmin", x => x + x.argmin()),
        Of("THSTensor_sort", x => x.sort(1).Values, sequence), Of("THSTensor_topk", x => x.topk(2, 1).values, sequence),
        Of("THSTensor_max_pool2d", x => F.max_pool2d(x, 2), image),
        Of("THSTensor_max_pool2d_with_indices", x => F.max_pool2d_with_indices(x, [2, 2]).indices, image),
        Of("THSTensor_adaptive_max_pool2d", x => F.adaptive_max_pool2d(x, [4, 4]), image),
        Of("THSTensor_cummax", x => x.cummax(1).indexes), Of("THSTensor_median", x => x.median() + x),
    ];
}
