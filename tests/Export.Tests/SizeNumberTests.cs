using Toolchain.Export.Recording;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests;

/// <summary>
/// Numbers that C# computes from sizes of named axes: the graph computes them as well, so that the file is right at sizes never traced.
/// </summary>
public sealed class SizeNumberTests
{
    static readonly Dictionary<string, Func<Tensor, Tensor>> lengths = new()
    {
        ["x / sqrt(T)"] = x => x / Math.Sqrt(x.shape[1]),
        ["x * (1f / T)"] = x => x * (1f / x.shape[1]),
        ["x * (T * 0.1f)"] = x => x * (x.shape[1] * 0.1f),
        ["x * (T * 0.1)"] = x => x * (x.shape[1] * 0.1),
        ["x + (T - 1) / 2.0"] = x => x + (x.shape[1] - 1) / 2.0,
        ["x * (2f / (T + 1) - 1)"] = x => x * (2f / (x.shape[1] + 1) - 1),
        ["x * log(T + 1)"] = x => x * Math.Log(x.shape[1] + 1),
        ["x * log2(T)"] = x => x * Math.Log2(x.shape[1]),
        ["x * logf(T)"] = x => x * MathF.Log(x.shape[1]),
        ["x * T^-0.25"] = x => x * Math.Pow(x.shape[1], -0.25),
        ["x / sqrtf(T)"] = x => x / MathF.Sqrt(x.shape[1]),
        ["x * sqrt(2 / (T + 3))"] = x => x * Math.Sqrt(2.0 / (x.shape[1] + 3)),
        ["x * exp(-T / 10)"] = x => x * Math.Exp(-x.shape[1] / 10.0),
        ["x * 0.9^T"] = x => x * Math.Pow(0.9, x.shape[1]),
        ["x / (T * N)"] = x => x / (double)(x.shape[1] * x.shape[0]),
        ["x * (N / T)"] = x => x * ((double)x.shape[0] / x.shape[1]),
        ["x.add(y, alpha: 1 / T)"] = x => x.add(x.sin(), 1.0 / x.shape[1]),
        ["x.pow(1 / T)"] = x => x.pow(1.0 / x.shape[1]),
        ["x > T / 2"] = x => (x * 10).gt(x.shape[1] / 2.0),
        ["x == T"] = x => (x * 10).round().eq(x.shape[1]),
        ["T where x"] = x => where(x > 0.5, x, x.shape[1]),
        ["masked_fill(1 / T)"] = x => x.masked_fill(x > 0.5, 1.0 / x.shape[1]),
        ["T - x"] = x => x.shape[1] - x,
        ["clamp(0, (T - 1) / 2)"] = x => (x * 10).clamp(0, (x.shape[1] - 1) * 0.5),
        ["clamp_max(T)"] = x => (x * 10).clamp_max(x.shape[1]),
        ["clamp_min(sqrt(T))"] = x => (x * 10).clamp_min(Math.Sqrt(x.shape[1])),
        ["tensor((float)T)"] = x => x / tensor((float)x.shape[1]),
        ["tensor(T)"] = x => x / tensor(x.shape[1]),
        ["tensor(1f / T)"] = x => x * tensor(1f / x.shape[1]),
        ["tensor(sqrt(T))"] = x => x / tensor((float)Math.Sqrt(x.shape[1])),
        ["tensor([N, T])"] = x => x.sum() * tensor(new float[] { x.shape[0], x.shape[1] }),
        ["tensor([T, 3])"] = x => x.sum() + tensor(new long[] { x.shape[1], 3 }),
        ["tensor of a matrix"] = x => x.sum() + tensor(new float[,] { { x.shape[1], 1f }, { 0, 1f / x.shape[1] } }),
        ["tensor(0 .. T - 1)"] = x => x + tensor(Enumerable.Range(0, (int)x.shape[1]).Select(i => (long)i).ToArray()),
        ["tensor(i / T)"] = x => x + tensor(Enumerable.Range(0, (int)x.shape[1]).Select(i => i / (float)x.shape[1]).ToArray()),
        ["tensor(T - 1 .. 0)"] = x => x + tensor(Enumerable.Range(0, (int)x.shape[1]).Select(i => x.shape[1] - 1f - i).ToArray()),
        ["full(T)"] = x => x + full(new long[] { x.shape[1] }, (float)x.shape[1]),
        ["full_like(1 / T)"] = x => x + full_like(x, 1.0 / x.shape[1]),
        ["arange / T"] = x => x + arange(x.shape[1], dtype: float32) / x.shape[1],
        ["arange / max(T - 1, 1)"] = x => x + arange(x.shape[1], dtype: float32) / Math.Max(x.shape[1] - 1, 1),
        ["linspace(0, T - 1)"] = x => x + linspace(0, x.shape[1] - 1, x.shape[1]),
        ["linspace(0, 1 - 1 / T)"] = x => x + linspace(0, 1 - 1.0 / x.shape[1], x.shape[1]),
        ["narrow(sqrt(T))"] = x => x.narrow(1, 0, (long)Math.Sqrt(x.shape[1])),
        ["narrow(ceil(sqrt(T)))"] = x => x.narrow(1, 0, (long)Math.Ceiling(Math.Sqrt(x.shape[1]))),
        ["narrow(T * 0.7)"] = x => x.narrow(1, 0, (long)(x.shape[1] * 0.7) + 1 - 1),
        ["narrow(T * 0.29f)"] = x => x.narrow(1, 0, (long)(x.shape[1] * 0.29f)),
        ["narrow(ceil(T * 0.3))"] = x => x.narrow(1, 0, (long)Math.Ceiling(x.shape[1] * 0.3)),
        ["narrow(round(T * 0.75))"] = x => x.narrow(1, 0, (long)Math.Round(x.shape[1] * 0.75)),
        ["narrow(T * 2 / 3)"] = x => x.narrow(1, 0, x.shape[1] * 2 / 3),
        ["pad to a multiple of 8"] = x => F.pad(x, [0, (8 - x.shape[1] % 8) % 8]),
        ["pad to rows of 4"] = x => F.pad(x, [0, (4 - x.shape[1] % 4) % 4]).view(x.shape[0], -1, 4).sum(2),
        ["narrow(T - T % 4 + 4)"] = x => F.pad(x, [0, 4]).narrow(1, 0, x.shape[1] - x.shape[1] % 4 + 4),
        ["narrow(min(T, 5))"] = x => x.narrow(1, 0, Math.Min(x.shape[1], 5)),
        ["narrow(max(T - 5, 0))"] = x => x.narrow(1, 0, Math.Max(x.shape[1] - 5, 0)),
        ["narrow(max(T, 12))"] = x => F.pad(x, [0, 50]).narrow(1, 0, Math.Max(x.shape[1], 12)),
    };

    static readonly Dictionary<string, Func<Tensor, Tensor>> images = new()
    {
        ["sum / (H * W)"] = x => x.sum([2, 3]) / (x.shape[2] * x.shape[3]),
        ["x / sqrt(H * W)"] = x => x / Math.Sqrt(x.shape[2] * x.shape[3]),
        ["x * ((float)H / W)"] = x => x * ((float)x.shape[2] / x.shape[3]),
        ["tensor([W, H])"] = x => x.mean([2, 3]).sum() * tensor(new float[] { x.shape[3], x.shape[2] }),
        ["grid * (2f / W) - 1"] = x => x + arange(x.shape[3], dtype: float32) * (2f / x.shape[3]) - 1,
        ["x * (2 / max(H, W))"] = x => x * (2.0 / Math.Max(x.shape[2], x.shape[3])),
        ["x / min(H, W)"] = x => x / Math.Min(x.shape[2], x.shape[3]),
        ["x / sqrt(H^2 + W^2)"] = x => x / Math.Sqrt(x.shape[2] * x.shape[2] + x.shape[3] * x.shape[3]),
        ["x + log(H / W)"] = x => x + Math.Log((double)x.shape[2] / x.shape[3]),
        ["resize to 0.7"] = x => F.interpolate(x, [(long)(x.shape[2] * 0.7), (long)(x.shape[3] * 0.7)], mode: InterpolationMode.Bilinear,
            align_corners: false),
        ["crop of the centre"] = x => x.narrow(2, (x.shape[2] - 4) / 2, 4),
    };

    public static TheoryData<string> Lengths => [.. lengths.Keys];

    public static TheoryData<string> Images => [.. images.Keys];

    [Theory, MemberData(nameof(Lengths))]
    public void Number_OfALength_IsRightAtSizesNeverTraced(string name) => IsRight(lengths[name], rand(2, 9),
        new("x", Axis.Batch(), Axis.Named("T")), [[1, 2], [3, 2], [2, 10], [5, 12], [2, 30], [1, 63], [2, 100]]);

    [Theory, MemberData(nameof(Images))]
    public void Number_OfAnImage_IsRightAtSizesNeverTraced(string name) => IsRight(images[name], rand(2, 3, 8, 10),
        new("x", Axis.Batch(), 3, Axis.Named("H", 4, 80), Axis.Named("W", 4, 80)),
        [[1, 3, 4, 4], [3, 3, 7, 9], [2, 3, 64, 5], [1, 3, 33, 21]]);

    static void IsRight(Func<Tensor, Tensor> function, Tensor example, ExportInput input, long[][] shapes)
    {
        using var module = new Fn(function);
        var options = new OnnxExportOptions { Inputs = [input], Runtimes = [OrtRuntime.Create()] };
        TracedModel traced = OnnxExport.Trace(module, example, options);
        _ = traced.Prove();
        foreach (long[] shape in shapes)
        {
            Tensor x = rand(shape);
            TensorData expected = NativeTensor.Read(function(x)), found = OrtRuntime.Create()
                .Run(traced.Model.ToBytes(), new Dictionary<string, TensorData> { ["x"] = NativeTensor.Read(x) })["output"];
            Assert.Equal(expected.Sizes, found.Sizes);
            double largest = expected.ToDoubles().Select(Math.Abs).DefaultIfEmpty(0).Max();
            Assert.All(expected.ToDoubles().Zip(found.ToDoubles()),
                pair => Assert.InRange(pair.Second, pair.First - 1e-5 * largest, pair.First + 1e-5 * largest));
        }
    }

    // A comparison with a number above the default range of an axis is found all the same.
    [Fact]
    public void Hundreds_OfAShortExample_AreFound() => Assert.Contains("N=2, T=100: ", Assert.Throws<ParityException>(() =>
        OnnxExport.Trace(new Fn(x => x * (1 + x.shape[1] / 100)), rand(2, 6),
            new OnnxExportOptions { Inputs = [new("x", Axis.Batch(), Axis.Named("T"))] }).Prove()).Message, StringComparison.Ordinal);
}
