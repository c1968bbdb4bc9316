using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

static partial class ConverterCases
{
    static IEnumerable<Case> Complexes() => [.. Fouriers(), .. Spectrograms(), .. Pairs(), .. PartWise()];

    static IEnumerable<Case> Fouriers() =>
    [
        Of("THSTensor_rfft", x => fft.rfft(x).abs(), sequence), Of("THSTensor_rfft", x => fft.rfft(x, 5, 1, FFTNormType.Ortho), sequence),
        Of("THSTensor_rfft", x => fft.rfft(x, 9, 1, FFTNormType.Forward).angle() * 0 + fft.rfft(x, 9, 1, FFTNormType.Forward).real,
            sequence),
        Of("THSTensor_rfft", x => fft.rfft(x, dim: 0).abs().sum([0L]) + x), // of a free length
        Of("THSTensor_irfft", x => fft.irfft(fft.rfft(x) * 2), sequence),
            Of("THSTensor_irfft", x => fft.irfft(fft.rfft(x, dim: 1), 5, 1), sequence),
        Of("THSTensor_irfft", x => fft.irfft(fft.rfft(x, dim: 0), x.shape[0], 0)),
        Of("THSTensor_fft", x => fft.fft_(x).imag, sequence),
            Of("THSTensor_fft", x => fft.fft_(fft.fft_(x, 6, 1), norm: FFTNormType.Ortho), sequence),
        Of("THSTensor_ifft", x => fft.ifft(fft.fft_(x) * fft.fft_(x.sin())).real, sequence),
            Of("THSTensor_ifft", x => fft.ifft(x, 7, norm: FFTNormType.Forward), sequence),
        Of("THSTensor_fft2", x => fft.fft2(x), image), Of("THSTensor_ifft2", x => fft.ifft2(x).real, image),
            Of("THSTensor_rfft2", x => fft.rfft2(x).abs(), image),
        Of("THSTensor_irfft2", x => fft.irfft2(fft.rfft2(x)), image), Of("THSTensor_fftn", x => fft.fftn(x, dim: [1, 3]).abs(), image),
        Of("THSTensor_ifftn", x => fft.ifftn(x, [3, 7], [2, 3]).imag, image),
            Of("THSTensor_rfftn", x => fft.rfftn(x, dim: [1, 2]).abs(), image),
        Of("THSTensor_irfftn", x => fft.irfftn(fft.rfftn(x, dim: [1, 2]), dim: [1, 2]), image),
    ];

    static IEnumerable<Case> Spectrograms() =>
    [
        Of("THSTensor_stft", x => x.stft(8, 4, window: hann_window(8), return_complex: true).abs(), [30]),
        Of("THSTensor_stft", x => x.stft(8, 3, 6, hann_window(6), center: false, normalized: true, return_complex: true), [30]),
        Of("THSTensor_stft", x => x.stft(8, onesided: false, return_complex: true).abs().square(), [30]),
        Of("THSTensor_istft", x => x.stft(8, 4, window: hann_window(8), return_complex: true).istft(8, 4, window: hann_window(8)), [32]),
        Of("THSTensor_istft", x => x.stft(8, 2, 6, normalized: true, return_complex: true).istft(8, 2, 6, normalized: true, length: 25),
            [32]),
    ];

    static Tensor Pair(Tensor x) => complex(x, x.sin() + 0.5);

    static IEnumerable<Case> Pairs() =>
    [
        Of("THSTensor_complex", x => Pair(x)), Of("THSTensor_polar", x => polar(x.abs(), x)),
            Of("THSTensor_view_as_real", x => Pair(x).view_as_real().exp()),
        Of("THSTensor_view_as_complex", x => x.reshape(-1, 3, 2).view_as_complex().abs()), Of("THSTensor_real", x => Pair(x).real),
            Of("THSTensor_imag", x => Pair(x).imag),
        Of("THSTensor_conj", x => Pair(x).conj() * Pair(x.cos())), Of("THSTensor_conj_physical", x => Pair(x).conj_physical()),
            Of("THSTensor_resolve_conj", x => Pair(x).conj().resolve_conj()),
        Of("THSTensor_abs", x => Pair(x).abs()), Of("THSTensor_angle", x => Pair(x).angle()), Of("THSTensor_mul", x => Pair(x) * x.cos()),
        Of("THSTensor_mul_scalar", x => Pair(x) * 3), Of("THSTensor_div", x => Pair(x) / Pair(x.cos())),
            Of("THSTensor_div_scalar", x => Pair(x) / 4), Of("THSTensor_exp", x => Pair(x).exp()),
    ];

    static IEnumerable<Case> PartWise() =>
    [
        Of("THSTensor_add", x => Pair(x) + Pair(x.cos())), Of("THSTensor_sub", x => Pair(x) - Pair(x.cos())),
            Of("THSTensor_neg", x => Pair(x).neg()),
        Of("THSTensor_sum", x => Pair(x) - Pair(x).sum()), Of("THSTensor_mean_along_dimensions", x => Pair(x).mean([1L], true), sequence),
        Of("THSTensor_transpose", x => Pair(x).transpose(1, -1), sequence),
            Of("THSTensor_reshape", x => Pair(x).reshape(-1, 4, 10), sequence),
        Of("THSTensor_flatten", x => Pair(x).flatten(1), sequence), Of("THSTensor_unsqueeze", x => Pair(x).unsqueeze(-1).squeeze(-1)),
        Of("THSTensor_cat", x => cat([Pair(x), Pair(x.exp())], -1)), Of("THSTensor_stack", x => stack([Pair(x), Pair(x.exp())], -1)),
            Of("THSTensor_select", x => Pair(x).select(-1, 2)),
        Of("THSTensor_index", x => Pair(x)[TensorIndex.Colon, TensorIndex.Slice(1, 4)]),
            Of("THSTensor_permute", x => Pair(x).permute(0, -1, 1), sequence),
        Of("THSTensor_sum_along_dimensions", x => Pair(x).sum([1L, 2L]), sequence), Of("THSTensor_mean", x => Pair(x) - Pair(x).mean()),
        Of("THSTensor_cumsum", x => Pair(x).cumsum(-1)), Of("THSTensor_clone", x => Pair(x).clone().detach().contiguous().alias()),
        Of("THSTensor_view", x => Pair(x).view(-1, 2, 3).unflatten(1, [2, 1])), Of("THSTensor_t", x => Pair(x).t().movedim([0], [-1])),
        Of("THSTensor_expand", x => Pair(x).unsqueeze(1).expand(-1, 3, -1).repeat(1, 1, 2)),
            Of("THSTensor_hstack", x => hstack([Pair(x), Pair(x)])),
        Of("THSTensor_vstack", x => vstack([Pair(x), Pair(x)]).sum([0L])),
            Of("THSTensor_narrow", x => Pair(x).narrow(1, 1, 4).slice(-1, 0, 4, 2)),
        Of("THSTensor_chunk", x => Pair(x).chunk(2, -1)[1]), Of("THSTensor_split_with_size", x => Pair(x).split(2, 1)[2]),
        Of("THSTensor_split_with_sizes", x => Pair(x).split([2, 4], -1)[1]), Of("THSTensor_unbind", x => Pair(x).unbind(-1)[1]),
        Of("THSTensor_roll", x => Pair(x).roll(2, -1)), Of("THSTensor_index_select", x => Pair(x).index_select(1, Longs(2, 0))),
        Of("THSTensor_diagonal", x => Pair(x).diagonal(0, 1, 2), matrix), Of("THSTensor_get2", x => Pair(x) - Pair(x)[0, 1]),
        Of("THSTensor_get1", x => Pair(x) - Pair(x)[0]), Of("THSTensor_get3", x => Pair(x) - Pair(x)[0, 1, 2], sequence),
        Of("THSTensor_where", x => where(x.gt(0), Pair(x), Pair(x.exp()))), Of("THSTensor_flip", x => Pair(x).flip(-1)),
    ];
}
