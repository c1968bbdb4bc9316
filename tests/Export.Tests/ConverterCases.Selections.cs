using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

static partial class ConverterCases
{
    static IEnumerable<Case> Selections() => [.. Masks(), .. Uniques(), .. Placements(), .. Quantiles(), .. Specials()];

    static IEnumerable<Case> Masks() =>
    [
        Of("THSTensor_masked_select", x => x.masked_select(x.gt(0)), sequence),
        Of("THSTensor_masked_select", x => x.masked_select(x.select(2, 0).unsqueeze(-1).gt(0)), sequence),
        Of("THSTensor_masked_select", x => x.sum([0L]).masked_select(x.gt(0.5))),
        Of("THSTensor_masked_select", x => x.masked_select(x.gt(1.2)).sum() + x), // of a small batch nothing
        Of("THSTensor_masked_select", x => x.masked_select(tensor([true, false, true, true, false, true]))),
        Of("THSTensor_nonzero", x => x.relu().nonzero(), sequence), Of("THSTensor_nonzero", x => x.gt(0).nonzero().to(float32).exp()),
        Of("THSTensor_argwhere", x => argwhere(x.gt(1))), Of("THSTensor_where_list", x => where(x.gt(0))[1]),
        Of("THSTensor_where_list", x => x[TensorIndex.Tensor(where(x.gt(0))[0]), TensorIndex.Tensor(where(x.gt(0))[1])]),
        Of("THSTensor_index", x => x[TensorIndex.Tensor(x.gt(0))], sequence),
            Of("THSTensor_index", x => x[TensorIndex.Tensor(x.sum([1L]).gt(0))]),
        Of("THSTensor_index", x => x[TensorIndex.Colon, TensorIndex.Tensor(x.sum([0L, 2L]).gt(0))], sequence),
        Of("THSTensor_index", x => x[TensorIndex.Tensor(x.sum([2L]).gt(0)), TensorIndex.Slice(1, 4)].sum([0L]), sequence),
        Write("THSTensor_index_put_", y => y[y.gt(0)] = y[y.gt(0)] * 3, sequence),
        Write("THSTensor_index_put_", y => y[TensorIndex.Tensor(y.sum([1L]).gt(0))] = arange(6, dtype: float32), vector),
        Write("THSTensor_index_put_", y =>
            y[TensorIndex.Colon, TensorIndex.Tensor(Longs(4, 0)), TensorIndex.Tensor(Longs(1, 7))] = y.sum([1L]).narrow(1, 0, 2), sequence),
    ];

    static IEnumerable<Case> Uniques() =>
    [
        Of("THSTensor_unique", x => x.round().unique().output),
            Of("THSTensor_unique", x => x.round().to(int64).unique(return_counts: true).counts!),
        Of("THSTensor_unique", x => x.round().unique(return_inverse: true).inverse_indices!, sequence),
        Of("THSTensor_unique_dim", x => x.gt(0).to(int64).unique(dim: 1).output, [9]),
        Of("THSTensor_unique_consecutive", x => x.gt(0).to(int64).unique_consecutive(return_inverse: true, return_counts: true).counts!),
        Of("THSTensor_unique_consecutive", x => x.round().unique_consecutive(return_inverse: true).output),
        Of("THSTensor_repeat_interleave", x => x.repeat_interleave(x.sum([0L]).abs().to(int64), 1)),
        Of("THSTensor_repeat_interleave", x => x.repeat_interleave(Longs(1, 0, 2, 3, 1, 1), 1)),
        Of("THSTensor_repeat_interleave", x => x.repeat_interleave(x.reshape(-1).abs().round().to(int64))),
        Of("THSTensor_bincount", x => x.reshape(-1).abs().mul(3).to(int64).bincount(null!)),
        Of("THSTensor_bincount", x => x.reshape(-1).abs().mul(3).to(int64).bincount(x.reshape(-1), 3)),
    ];

    static IEnumerable<Case> Placements() =>
    [
        Of("THSTensor_as_strided", x => x.as_strided([x.shape[0], 3, 2], [6, 2, 1])),
            Of("THSTensor_as_strided", x => x.as_strided([4, 3], [1, 0], 2) + x.sum()),
        // transposed, every second element, expanded, narrowed, overlapping windows
        Of("THSTensor_as_strided", x => x.as_strided([6, x.shape[0]], [1, 6])),
            Of("THSTensor_as_strided", x => x.as_strided([x.shape[0], 3], [6, 2])),
            Of("THSTensor_as_strided", x => x.as_strided([x.shape[0], 4, 6], [6, 0, 1])),
            Of("THSTensor_as_strided", x => x.as_strided([x.shape[0], 3], [6, 1], 2)),
            Of("THSTensor_as_strided", x => x.as_strided([x.shape[0], 4, 3], [6, 1, 1])),
        Of("THSTensor_diag_embed", x => x.diag_embed()), Of("THSTensor_diag_embed", x => x.diag_embed(-2, 0, 2)),
            Of("THSTensor_diag_embed", x => x.diag_embed(1)),
        Of("THSTensor_diagflat", x => x.sum([0L]).diagflat(1) + x.sum()), Of("THSTensor_diag", x => x.sum([1L]).diag()),
        Of("THSTensor_triu_indices", x => x + triu_indices(x.shape[0], x.shape[0]).sum()),
        Of("THSTensor_tril_indices", x =>
            x.matmul(x.t())[TensorIndex.Tensor(tril_indices(x.shape[0], x.shape[0], -1)[0]),
            TensorIndex.Tensor(tril_indices(x.shape[0], x.shape[0], -1)[1])]),
        Of("THSTensor_triu_indices", x => x.narrow(1, 0, 1) + triu_indices(x.shape[0], 4, 1).sum([1L])[1]),
        Of("THSTensor_cummax", x => x.round().cummax(1).indexes, sequence),
            Of("THSTensor_cummin", x => x.round().cummin(0).indexes + x.cummin(0).values),
        Of("THSTensor_cummax", x => x.sum().cummax(0).indexes + x),
    ];

    static IEnumerable<Case> Quantiles() =>
    [
        Of("THSTensor_quantile", x => x.quantile(tensor([0.1f, 0.5f, 0.99f]), 1), sequence),
            Of("THSTensor_quantile", x => x.quantile(tensor(0.3f), 2, true), sequence),
        Of("THSTensor_quantile", x => x.quantile(tensor([0f, 1f]), 0, true)),
            Of("THSTensor_quantile", x => x.log().quantile(tensor(0.5f), 1), low: -0.2),
        Of("THSTensor_nanquantile", x => x.log().nanquantile(tensor([0.25f, 0.6f]), 1), sequence),
            Of("THSTensor_nanquantile", x => x.log().nanquantile(tensor(0.5f), 1, true), [2]),
        Of("THSTensor_nanmedian", x => x - x.log().nanmedian()), Of("THSTensor_nanmedian", x => x - x.to(int64).nanmedian()),
        Of("THSTensor_mode", x => x.round().mode(1).values, sequence), Of("THSTensor_mode", x => x.to(int64).mode(-1, true).values),
        Of("THSTensor_histc", x => x.histc(7, -1, 2) + x.sum()), Of("THSTensor_histc", x => x.round().histc(5), sequence),
        Of("THSTensor_searchsorted_t", x => searchsorted(tensor([-1f, 0f, 0.5f]), x)),
            Of("THSTensor_searchsorted_t", x => searchsorted(x.sort(1).Values, x.sin().narrow(1, 0, 3), true, true)),
        Of("THSTensor_searchsorted_t", x => searchsorted(x, x, sorter: x.argsort(1))),
            Of("THSTensor_searchsorted_s", x => x + searchsorted(x.sum([0L]).sort(0).Values, 0.5, false, false, null!)),
        Of("THSTensor_isin", x => x.round().isin(tensor([0f, 2f]))), Of("THSTensor_isin", x => x.to(int64).isin(Longs(1, 2), invert: true)),
    ];

    static IEnumerable<Case> Specials() =>
    [
        Of("THSTensor_erfinv", x => x.erfinv(), low: -0.9999, high: 0.9999), Of("THSSpecial_erfinv", x => special.erfinv(x.round() / 2)),
        Of("THSTensor_lgamma", x => x.lgamma(), low: -5, high: 9),
            Of("THSSpecial_gammaln", x => special.gammaln(x.round()), low: 1, high: 30),
        Of("THSTensor_digamma", x => x.digamma(), low: -3, high: 9),
            Of("THSSpecial_digamma", x => special.digamma(x), low: 0.01, high: 0.6),
        Of("THSSpecial_entr", x => special.entr(x)), Of("THSSpecial_logit", x => special.logit(x), low: 0.1, high: 0.9),
        Of("THSSpecial_xlog1py", x => special.xlog1py(x.round(), x.exp())), Of("THSTensor_ldexp", x => x.ldexp(x.round())),
    ];
}
