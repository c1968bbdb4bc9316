using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

static partial class ConverterCases
{
    static IEnumerable<Case> Indices() => [.. Ordering(), .. Elements(), .. Writes(), .. Joining(), .. MoreShapes()];

    static Tensor Longs(params long[] values) => tensor(values);

    static IEnumerable<Case> Ordering() =>
    [
        Of("THSTensor_topk", x => x.topk(3, 1).values + x.topk(2, 1, largest: false).indexes.sum([1], keepdim: true), sequence),
        Of("THSTensor_sort", x => x.sort(-1, descending: true).Values + x.sort(1).Indices, sequence),
        Of("THSTensor_argsort", x => x.argsort(1)),
        Of("THSTensor_sort", x => x.sort(0).Values), // along the batch
        Of("THSTensor_msort", x => x.msort()),
        Of("THSTensor_kthvalue", x => x.kthvalue(2, 1).values + x.kthvalue(3, 1, true).indices.sum([1]), vector),
        Of("THSTensor_median", x => x - x.median()),
        Of("THSTensor_cumsum", x => x.cumsum(1), sequence), Of("THSTensor_cumprod", x => x.cumprod(-1), sequence),
            Of("THSTensor_cummax", x => x.cummax(1).values, sequence), Of("THSTensor_cummin", x => x.cummin(0).values),
            Of("THSTensor_logcumsumexp", x => x.logcumsumexp(1)),
    ];

    static IEnumerable<Case> Elements() =>
    [
        Of("THSTensor_gather", x => x.gather(1, x.argsort(1).narrow(1, 0, 3)), sequence),
        Of("THSTensor_take_along_dim", x => x.take_along_dim(x.argmax(1, true), 1), sequence),
        Of("THSTensor_take_along_dim_dflt", x => x.take_along_dim(Longs(3, 0, 5)) + x.sum()),
        Of("THSTensor_take", x => x.take(Longs(3, 0, 5)) + x.sum()), Of("THSTensor_scatter", x => x.scatter(1, x.argmax(1, true), x.exp())),
            Of("THSTensor_scatter_add", x => x.scatter_add(1, Longs(2, 2, 0).expand(x.shape[0], 3), x.exp())) with { Opset = 16 },
        Of("THSTensor_index_copy", x => x.index_copy(1, Longs(4, 0), x.exp().narrow(1, 0, 2)), sequence),
            Of("THSTensor_index_add", x => x.index_add(1, Longs(4, 0, 4), x.exp().narrow(1, 0, 3), 0.5), sequence) with { Opset = 16 },
        Of("THSTensor_index_fill", x => x.index_fill(1, Longs(4, 0), 7), sequence),
            Of("THSTensor_select_scatter", x => x.select_scatter(x.select(1, 0).exp(), 1, 2), sequence),
            Of("THSTensor_masked_scatter", x => x.masked_scatter(x.gt(0), x.exp())),
        Of("THSTensor_index", x => x[TensorIndex.Colon, TensorIndex.Tensor(Longs(1, 0, 4)), TensorIndex.Tensor(Longs(7, 2, 2))], sequence),
            Of("THSTensor_index", x => x[TensorIndex.Tensor(Longs(0, 0)), TensorIndex.Slice(1, 3), TensorIndex.Tensor(Longs(7, 2))]
            + x.sum(), sequence),
        Of("THSTensor_index", x => x[TensorIndex.Slice(stop: x.shape[0] - 1)].sum([0L]) + x),
            Of("THSTensor_index", x =>
            x[TensorIndex.Colon, TensorIndex.Tensor(Longs(1, 0).unsqueeze(1)), TensorIndex.Tensor(Longs(5, 6, 7))], sequence),
        Of("THSTensor_get1", x => x + x[0]), Of("THSTensor_get2", x => x + x[0, 1]), Of("THSTensor_get3", x => x + x[0, 1, 2], sequence),
            Of("THSTensor_get4", x => x + x[0, 1, 2, 3], image), Of("THSTensor_get5", x => x + x[0, 1, 2, 3, 1], volume),
        Of("THSTensor_get6", x => x + x.unsqueeze(0)[0, 0, 1, 2, 3, 1], volume),
    ];

    static Fn Writing(Action<Tensor> write) => new(x =>
    {
        Tensor y = x.clone();
        write(y);
        return y;
    });

    static Case Write(string entry, Action<Tensor> write, long[] sizes) => new(entry, () => Writing(write), sizes);

    static IEnumerable<Case> Writes() =>
    [
        Write("THSTensor_index_put_", y => y[TensorIndex.Colon, 1] = y[TensorIndex.Colon, 2].exp(), sequence),
        Write("THSTensor_index_put_", y => y[TensorIndex.Ellipsis, TensorIndex.Slice(1, 7, 2)] = zeros(3), sequence),
        Write("THSTensor_index_put_", y =>
            y[TensorIndex.Colon, TensorIndex.Tensor(Longs(4, 0))] = y[TensorIndex.Colon, TensorIndex.Slice(1, 3)] * 2, sequence),
            Write("THSTensor_index_put_", y => y[y.gt(0)] = tensor(5f), sequence),
        Write("THSTensor_index_put_", y => y.index_put_(ones(2), [Longs(0, 0), Longs(1, 1)], accumulate: true), vector) with { Opset = 16 },
        Write("THSTensor_index_put_scalar_", y => y.index_put_(3.5, TensorIndex.Colon, TensorIndex.Single(2)), sequence),
            Write("THSTensor_index_put_scalar_", y => y.index_put_(3.5, TensorIndex.Tensor(y.gt(1))), sequence),
        Write("THSTensor_set1", y => y.sum([1L])[0] = 3f, vector) with { Make = () =>
            new Fn(x => { Tensor s = x.sum([1L]); s[0] = 3f; return s; }) },
        Write("THSTensor_set2", y => y[0, 1] = 3f, vector), Write("THSTensor_set3", y => y[0, 1, 2] = 3f, sequence),
            Write("THSTensor_set4", y => y[0, 1, 2, 3] = 3f, image), Write("THSTensor_set5", y => y[0, 1, 2, 3, 1] = 3f, volume),
        Of("THSTensor_set6", x => { Tensor y = x.unsqueeze(0).clone(); y[0, 0, 1, 2, 3, 1] = 3f; return y.squeeze(0); }, volume),
        Write("THSTensor_copy_", y => y.copy_(y[0].clone()), sequence), Write("THSTensor_fill_", y => y.select(1, 0).fill_(2), sequence),
        // Writes through views reach the tensor below and its other views.
        Write("THSTensor_select.write", y => y.select(1, 2).mul_(3), sequence),
            Write("THSTensor_narrow.write", y => y.narrow(2, 1, 3).transpose(1, 2).select(1, 0).zero_(), sequence),
            Write("THSTensor_view.write", y => y.view(y.shape[0], -1).add_(1), sequence),
        Write("THSTensor_slice.write", y => y.slice(2, 0, 8, 3).exp_(), sequence),
            Write("THSTensor_chunk.write", y => y.chunk(2, 2)[1].neg_(), sequence),
            Write("THSTensor_unbind.write", y => y.unbind(1)[3].neg_(), sequence),
        Of("THSTensor_transpose.write", x =>
            { Tensor y = x.exp(), a = y.transpose(1, 2), b = y.select(1, 0); a.select(2, 0).neg_(); return b + a.sum([1, 2])
            .unsqueeze(1); }, sequence),
        Of("THSTensor_select.write", x =>
            { Tensor y = zeros(x.shape[0], 2, 6); y.select(1, 0).copy_(x); y.select(1, 1).copy_(x * 2); return y; }),
        Of("THSTensor_index_put_", x =>
            { Tensor y = zeros(x.shape[0], 3, 6); for (int i = 0; i < 3; i++) { y[TensorIndex.Colon, i] = x * i; } return y; }),
    ];

    static IEnumerable<Case> Joining() =>
    [
        Of("THSTensor_hstack", x => hstack([x, x.exp()]), sequence), Of("THSTensor_vstack", x => vstack([x, x.exp()]).sum([0L])),
        Of("THSTensor_row_stack", x => row_stack([x, zeros(6)]).sum([0L])),
        Of("THSTensor_column_stack", x => column_stack([x, x.sum([1L])])), Of("THSTensor_dstack", x => dstack([x, x.exp()])),
        Of("THSTensor_tensor_split_with_size", x => x.tensor_split(3, 2)[0], sequence),
            Of("THSTensor_tensor_split_with_sizes", x => x.tensor_split([1L, 5L], 2)[1], sequence),
        Of("THSTensor_hsplit_with_size", x => x.hsplit(3L)[1]), Of("THSTensor_hsplit_with_sizes", x => x.hsplit([1, 4])[1]),
            Of("THSTensor_dsplit_with_size", x => x.dsplit(2L)[1], sequence),
            Of("THSTensor_dsplit_with_sizes", x => x.dsplit([1, 4])[1], sequence),
        Of("THSTensor_vsplit_with_size", x => x.t().vsplit(2L)[0]), Of("THSTensor_vsplit_with_sizes", x => x.t().vsplit([1, 4])[1]),
        Of("THSTensor_fliplr", x => x.fliplr()), Of("THSTensor_flipud", x => x.flipud() + x),
            Of("THSTensor_rot90", x => x.rot90(1, (1, 2)), sequence), Of("THSTensor_rot90", x => x.rot90(3, (2, 1)), sequence),
            Of("THSTensor_rot90", x => x.rot90(2, (1, 2)), sequence),
        Of("THSTensor_roll", x => x.roll(3, 1), sequence), Of("THSTensor_roll", x => x.roll([-2, 9], [1, 2]), sequence),
            Of("THSTensor_roll", x => x.roll(1)), Of("THSTensor_roll", x => x.roll(1, 0)),
            Of("THSTensor_split_with_size", x => x.split(3, 2)[2], sequence),
        Of("THSTensor_chunk", x => cat([x, x], 0).chunk(2, 0)[1]), // along the batch
    ];

    static IEnumerable<Case> MoreShapes() =>
    [
        Of("THSTensor_ravel", x => x.ravel()), Of("THSTensor_atleast_1d", x => x.atleast_1d()),
        Of("THSTensor_atleast_2d", x => x.sum([1L]).atleast_2d()), Of("THSTensor_atleast_3d", x => x.atleast_3d()),
        Of("THSTensor_mT", x => x.mT, sequence), Of("THSTensor_mH", x => x.mH, sequence),
        Of("THSTensor_adjoint", x => x.adjoint(), sequence), Of("THSTensor_movedim", x => x.movedim([1], [-1]), image),
        Of("THSTensor_broadcast_to", x => x.sum([0L]).broadcast_to(x.shape[0], 6) + x), Of("THSTensor_repeat", x => x.repeat(2, 1, 3)),
            Of("THSTensor_repeat", x => x.sum([0L]).repeat(x.shape[0], 1)), Of("THSTensor_tile", x => x.tile([2]), sequence),
        Of("THSTensor_repeat_interleave_int64", x => x.repeat_interleave(2, 1), sequence),
            Of("THSTensor_repeat_interleave_int64", x => x.repeat_interleave(3)),
            Of("THSTensor_channel_shuffle", x => x.channel_shuffle(2), image),
        Of("THSTensor_diagonal", x => x.diagonal(1, 1, 2), sequence), Of("THSTensor_diagonal", x => x.diagonal(-2, 2, 1), sequence),
            Of("THSTensor_diag", x => x.sum([0L]).outer(arange(6).to(float32)).diag() + x),
            Of("THSTensor_trace", x => x.sum([0L]).outer(arange(6).to(float32)).trace() + x),
        Of("THSNN_unfold", x => nn.functional.unfold(x, (2, 3), dilation: (1, 1), padding: (1, 0), stride: (2, 1)), image),
            Of("THSTensor_unfold", x => x.unfold(1, 3, 2), sequence), Of("THSTensor_expand", x => x.sum([0L]).expand(x.shape[0], -1) + x),
        Of("THSTensor_view", x => x.exp().view(x.shape[0] * 2, 3, 8).view(-1, x.shape[0], 8), [6, 8]), // two axes that follow the batch
    ];
}
