using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests.Random;

static partial class RandomOperators
{
    static long[] Axes(Tensor x, Draw d) =>
        [.. Enumerable.Range(0, (int)x.dim()).Where(axis => d.Next(axis + 1, 0, 2) == 1).Select(axis => (long)axis).DefaultIfEmpty(0)];

    static IEnumerable<Operator> Reductions() =>
    [
        E("sum", (x, d) => x.sum(Axes(x, d), d.Next(0, 0, 2) == 1)), S("mean", (x, d) => x.mean(Axes(x, d), d.Next(0, 0, 2) == 1)),
            E("sum all", (x, _) => x.sum()), S("mean all", (x, _) => x.mean()),
            E("amax", (x, d) => x.amax(Axes(x, d), d.Next(0, 0, 2) == 1)), E("amin", (x, d) => x.amin(Axes(x, d), d.Next(0, 0, 2) == 1)),
        E("max all", (x, _) => x.max()), E("min all", (x, _) => x.min()), J("prod", (x, d) => (x.sign() * 0.5 + 1).prod(d.AxisOf(x))),
            S("var", (x, d) => x.to(float32).var(d.AxisOf(x))),
            S("std", (x, d) => x.to(float32).std(Axes(x, d), unbiased: false, keepdim: true)),
            S("norm", (x, d) => x.norm(d.AxisOf(x), d.Next(1, 0, 2) == 1, d.Next(2, 1, 4))),
        S("logsumexp", (x, d) => x.logsumexp(d.AxisOf(x))), E("cumsum", (x, d) => x.cumsum(d.AxisOf(x))),
            J("cumprod", (x, d) => x.sign().cumprod(d.AxisOf(x))), S("nansum", (x, _) => x.nansum()),
            E("aminmax", (x, d) => x.aminmax(d.AxisOf(x)).max), S("normalize", (x, d) => F.normalize(x + 0.25, dim: d.AxisOf(x))),
        S("layer_norm", (x, d) => F.layer_norm(x, [x.shape[^1]])),
            S("var_mean", (x, d) => x.to(float32).var_mean([d.AxisOf(x)], unbiased: false).Item1),
    ];

    static IEnumerable<Operator> Shapes() =>
    [
        E("flatten", (x, d) => x.flatten(d.Next(0, 0, 2))), E("unsqueeze", (x, d) => x.unsqueeze(d.Next(0, 0, (int)x.dim() + 1))),
            E("squeeze", (x, d) => x.squeeze(d.AxisOf(x))), E("transpose", (x, d) => x.transpose(d.AxisOf(x), d.AxisOf(x, 1))),
            E("flip", (x, d) => x.flip(d.AxisOf(x))), E("roll", (x, d) => x.roll(d.Next(1, -4, 5), d.AxisOf(x))),
        E("narrow", (x, d) => x.narrow(d.AxisOf(x), d.Next(1, 0, 2), d.Next(2, 1, 3))),
            E("select", (x, d) => x.select(d.AxisOf(x), d.Next(1, -1, 1))),
            E("slice", (x, d) => x.slice(d.AxisOf(x), d.Next(1, 0, 2), d.Next(2, 2, 9), d.Next(3, 1, 3))),
            E("chunk", (x, d) => x.chunk(2, d.AxisOf(x))[0]), E("unbind", (x, d) => x.unbind(d.AxisOf(x))[0]),
        E("repeat", (x, d) => x.repeat([.. x.shape.Select(_ => (long)d.Next(0, 1, 3))])), E("tile", (x, _) => x.tile([2])),
            E("interleave", (x, d) => x.repeat_interleave(2, d.AxisOf(x))), E("tril", (x, d) => x.tril(d.Next(0, -1, 2))),
            E("triu", (x, d) => x.triu(d.Next(0, -1, 2))), E("pad", (x, d) => F.pad(x, [d.Next(0, 0, 3), d.Next(1, 0, 3)])),
        E("reflect", (x, _) => F.pad(x, [1, 1], PaddingModes.Reflect)), E("replicate", (x, _) => F.pad(x, [2, 1], PaddingModes.Replicate)),
            E("circular", (x, _) => F.pad(x, [1, 1], PaddingModes.Circular)), E("diagonal", (x, d) => x.diagonal(d.Next(0, -1, 2), 0, 1)),
            E("movedim", (x, d) => x.movedim([0], [-1])), E("unfold", (x, d) => x.unfold(d.AxisOf(x), 2, d.Next(1, 1, 3))),
        E("index_select", (x, d) => x.index_select(d.AxisOf(x), tensor([0L, 1L, 0L]))),
            E("gather", (x, d) => x.gather(d.AxisOf(x), zeros_like(x, dtype: int64))),
            E("index", (x, d) => x[TensorIndex.Ellipsis, d.Next(0, 0, 2)]),
            E("index slice", (x, d) => x[TensorIndex.Slice(d.Next(0, 0, 2)), TensorIndex.None]),
            E("write", (x, d) => Written(x, y => y[TensorIndex.Ellipsis, 0] = y.select(-1, 0) * 2)),
        E("write slice", (x, d) => Written(x, y => y.narrow(d.AxisOf(y), 0, 1).add_(1))),
            E("fill", (x, d) => Written(x, y => y.select(d.AxisOf(y), 0).fill_(2))),
            J("write mask", (x, _) => Written(x, y => y[y > 1] = tensor(0, y.dtype))), E("zeros", (x, _) => x + zeros(x.shape)),
            E("ones_like", (x, _) => x + ones_like(x)), E("full", (x, _) => x * full(x.shape, 2)),
        E("scatter", (x, d) => x.scatter(d.AxisOf(x), zeros_like(x, dtype: int64), x)),
            E("expand", (x, _) => x.unsqueeze(0).expand([2, .. x.shape])), E("rot90", (x, _) => x.rot90(1, (0, 1))),
            E("view merge", (x, _) => x.contiguous().view([-1, .. x.shape.Skip(2)])), E("split", (x, d) => x.split(2, d.AxisOf(x))[0]),
            E("stack self", (x, d) => stack([x, x], d.Next(0, 0, 2))),
        E("pixel_shuffle", (x, _) => F.pixel_shuffle(x, 2)), E("meshgrid", (x, _) => meshgrid([x.select(-1, 0), x.select(-1, 0)], "ij")[0]),
            E("diff", (x, d) => x.diff(1, d.AxisOf(x))),
            E("take_along", (x, d) => x.take_along_dim(zeros_like(x, dtype: int64), d.AxisOf(x))),
    ];

    static Tensor Written(Tensor x, Action<Tensor> write)
    {
        Tensor y = x.clone();
        write(y);
        return y;
    }

    static Tensor Weights(params long[] sizes)
    {
        long count = sizes.Aggregate(1L, (a, b) => a * b);
        return ((arange(count, dtype: float32) * 0.7).sin() / 2).reshape(sizes);
    }

    static IEnumerable<Operator> Layers() =>
    [
        S("linear", (x, _) => F.linear(x, Weights(3, x.shape[^1]), Weights(3))),
            S("conv1d", (x, d) => F.conv1d(x, Weights(2, x.shape[1], 2), Weights(2), stride: d.Next(0, 1, 3), padding: d.Next(1, 0, 2))),
            S("conv2d", (x, d) =>
            F.conv2d(x, Weights(2, x.shape[1], 2, 2), null, strides: [d.Next(0, 1, 3), 1], padding: [d.Next(1, 0, 2), 1])),
        S("conv_transpose1d", (x, d) => F.conv_transpose1d(x, Weights(x.shape[1], 2, 3), null, stride: d.Next(0, 1, 3))),
            E("max_pool1d", (x, d) => F.max_pool1d(x, 2, d.Next(0, 1, 3), d.Next(1, 0, 2), ceil_mode: d.Next(2, 0, 2) == 1)),
            E("max_pool2d", (x, d) => F.max_pool2d(x, 2, d.Next(0, 1, 3), d.Next(1, 0, 2), ceil_mode: d.Next(2, 0, 2) == 1)),
        S("avg_pool1d", (x, d) =>
            F.avg_pool1d(x, 3, d.Next(0, 1, 3), d.Next(1, 0, 2), ceil_mode: d.Next(2, 0, 2) == 1, count_include_pad: d.Next(3, 0, 2) == 1)),
            S("avg_pool2d", (x, d) =>
            F.avg_pool2d(x, 3, d.Next(0, 1, 4), d.Next(1, 0, 2), ceil_mode: d.Next(2, 0, 2) == 1, count_include_pad: d.Next(3, 0, 2) == 1)),
        S("adaptive_avg", (x, d) => F.adaptive_avg_pool1d(x, d.Next(0, 1, 4))),
            S("adaptive_avg2", (x, d) => F.adaptive_avg_pool2d(x, [d.Next(0, 1, 4), 2])),
            E("adaptive_max", (x, d) => F.adaptive_max_pool1d(x, d.Next(0, 1, 4))),
                S("instance_norm", (x, _) => F.instance_norm(Spread(x, 3))),
            S("group_norm", (x, _) => F.group_norm(Spread(x, 2), 1)),
        S("batch_norm", (x, _) => F.batch_norm(x, zeros(x.shape[1]) + 0.5, ones(x.shape[1]))),
            E("nearest", (x, d) => F.interpolate(x, [d.Next(0, 1, 12)])),
            E("nearest 2", (x, d) => F.interpolate(x, [d.Next(0, 1, 12), d.Next(1, 1, 12)])),
            E("nearest scale", (x, _) => F.interpolate(x, scale_factor: [2])),
            S("linear resize", (x, d) =>
            F.interpolate(x, [d.Next(0, 1, 12)], mode: InterpolationMode.Linear, align_corners: d.Next(1, 0, 2) == 1)),
        S("bilinear", (x, d) =>
            F.interpolate(x, [d.Next(0, 1, 9), d.Next(1, 1, 9)], mode: InterpolationMode.Bilinear, align_corners: d.Next(2, 0, 2) == 1)),
            S("bicubic", (x, d) =>
            F.interpolate(x, [d.Next(0, 1, 9), d.Next(1, 1, 9)], mode: InterpolationMode.Bicubic, align_corners: d.Next(2, 0, 2) == 1)),
        S("attention", (x, d) =>
            F.scaled_dot_product_attention(x.clamp(-4, 4), x.clamp(-4, 4).sin(), x.clamp(-4, 4).cos(), is_casual: d.Next(0, 0, 2) == 1)),
            J("masked attention", (x, _) => F.scaled_dot_product_attention(x, x.sin(), x.cos(), x.sum([-1], keepdim: true).gt(0))),
            S("lp_pool", (x, _) => F.lp_pool1d(x, 2, 2)), S("glu", (x, _) => F.glu(x, -1)),
            S("prelu", (x, _) => F.prelu(x, tensor([0.25f]))), S("local response", (x, _) => F.local_response_norm(x, 3)),
        J("embedding", (x, _) => Weights(5, 3)[x.to(int64).clamp(0, 4)]), S("einsum", (x, _) => einsum("nlc,nmc->nlm", x, x)),
            S("bmm", (x, _) => x.bmm(x.mT)),
    ];

    // What is nearly constant has no spread but rounding, which a normalisation would blow up.
    static Tensor Spread(Tensor x, int leastRank)
    {
        long rows = x.dim() >= leastRank && x.numel() > 0 ? (leastRank == 3 ? x.shape[0] * x.shape[1] : x.shape[0]) : 0;
        bool isSpread = rows > 0 && x.numel() > rows && x.to(float64).reshape(rows, -1).std(1).min().item<double>() > 0.01;
        return isSpread ? x : throw new ArgumentException("nearly constant");
    }

    static IEnumerable<Operator> Sizes() =>
    [
        E("plus size", (x, d) => x + x.shape[d.AxisOf(x)]), S("over size", (x, d) => x / x.shape[d.AxisOf(x)]),
            E("half", (x, d) => x.narrow(d.AxisOf(x), 0, x.shape[d.AxisOf(x)] / 2)),
            E("last", (x, d) => x.select(d.AxisOf(x), x.shape[d.AxisOf(x)] - 1)), E("arange", (x, _) => x + arange(x.shape[^1])),
            E("arange back", (x, _) => x * arange(x.shape[^1] - 1, -1, -1)),
        E("min size", (x, d) => x.narrow(d.AxisOf(x), 0, Math.Min(x.shape[d.AxisOf(x)], 5))),
            E("reshape sizes", (x, _) => x.reshape([x.shape[0] * x.shape[1], .. x.shape.Skip(2)])),
            E("eye", (x, _) => x.matmul(eye(x.shape[^1]).to(x.dtype))),
            E("drop first", (x, d) => x.narrow(d.AxisOf(x), 1, x.shape[d.AxisOf(x)] - 1)),
            S("scale by root", (x, _) => x * (1 / Math.Sqrt(x.shape[^1]))),
        E("times of sizes", (x, _) => x * (x.shape[0] % 3)), E("branch", (x, d) => x.shape[d.AxisOf(x)] > 12 ? x : x * 2),
            E("quotient", (x, d) => x * (1 + x.shape[d.AxisOf(x)] / 10)),
    ];
}
