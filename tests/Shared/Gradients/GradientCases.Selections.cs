using Toolchain.Graph;

namespace Toolchain.Tests.Gradients;

/// <summary>Operators that order, sum and sample.</summary>
static partial class GradientCases
{
    static IEnumerable<Case> Orders() =>
    [
        new("TopK", [Numbers(3, 5)], (graph, x) => [graph.Apply("TopK", [x[0], graph.Constant(TensorData.Vector(2))],
            new() { ["axis"] = 1, ["largest"] = 0 }, 2)[0]]),
        .. (((int, int)[])[(0, 0), (0, 1), (1, 0), (1, 1)]).Select(pair => new Case($"CumSum {pair}", [Numbers(3, 4)], (graph, x) =>
            [graph.Apply("CumSum", [x[0], graph.Constant(TensorData.Scalar(1, ElementType.Int64))],
                new() { ["exclusive"] = pair.Item1, ["reverse"] = pair.Item2 })])),
        new("Unique", [Numbers(2, 3)], (graph, x) => [graph.Apply("Unique", [x[0]], null, 4)[0]]),
        new("Unique axis", [Numbers(3, 2)], (graph, x) => [graph.Apply("Unique", [x[0]], new() { ["axis"] = 0, ["sorted"] = 0 }, 4)[0]]),
        new("DequantizeLinear", [TensorData.FromDoubles([1, -2, 3, 4, 5, -6], [3, 2], ElementType.Int8), Positive(3)], (graph, x) =>
            [graph.Apply("DequantizeLinear", [x[0], x[1]], new() { ["axis"] = 0 })], Type: ElementType.Float32),
        new("DequantizeLinear zero", [TensorData.FromDoubles([1, 2, 3, 4], [2, 2], ElementType.UInt8), Positive()], (graph, x) =>
            [graph.Apply("DequantizeLinear", [x[0], x[1], graph.Constant(TensorData.Scalar(3, ElementType.UInt8))])],
            Type: ElementType.Float32),
    ];

    static IEnumerable<Case> Sums() =>
    [
        Sum("bij,bjk->bik", [2, 3, 4], [2, 4, 2]), Sum("ij,jk,kl->il", [2, 3], [3, 2], [2, 4]), Sum("ii->i", [3, 3]), Sum("ii", [3, 3]),
        Sum("ij->j", [2, 3]), Sum("ij->", [2, 3]), Sum("iji,j->i", [2, 3, 2], [3]), Sum("ba,ab", [2, 3], [3, 2]), Sum("i,j->ji", [2], [3]),
        Sum("ij,kj->", [2, 3], [4, 3]), Sum("bij,bj->bi", [4, 3, 2], [4, 2]), Sum("i,->i", [3], []), Sum("iij->", [2, 2, 3]),
    ];

    static Case Sum(string equation, params long[][] sizes) =>
        One("Einsum", new() { ["equation"] = equation }, [.. sizes.Select(Numbers)]) with { Name = $"Einsum {equation}" };

    static IEnumerable<Case> Images()
    {
        foreach (string mode in (string[])["nearest", "linear", "cubic"])
        {
            foreach (string places in (string[])["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"])
            {
                yield return Resized(new() { ["mode"] = mode, ["coordinate_transformation_mode"] = places }, 5, 3);
            }
            yield return Resized(new() { ["mode"] = mode }, 2, 7);
        }
        foreach (string mode in (string[])["bilinear", "nearest", "bicubic"])
        {
            foreach (string padding in (string[])["zeros", "border", "reflection"])
            {
                foreach (int corners in (int[])[0, 1])
                {
                    yield return new($"GridSample {mode} {padding} {corners}", [Numbers(2, 2, 4, 3), Numbers(2, 3, 2, 2)], (graph, x) =>
                        [graph.Apply("GridSample", x, new()
                        {
                            ["mode"] = graph.Opset >= 20 && mode != "nearest" ? mode[2..] : mode,
                            ["padding_mode"] = padding,
                            ["align_corners"] = corners,
                        })]);
                }
            }
        }
    }

    static Case Resized(Attributes attributes, long height, long width) => new(
        $"Resize {string.Join(" ", attributes.Select(pair => pair.Value))} {height} {width}", [Numbers(1, 2, 4, 3)], (graph, x) =>
            [graph.Apply("Resize", [x[0], null, null, graph.Constant(TensorData.Vector(1, 2, height, width))], attributes)]);

    static IEnumerable<Case> Attentions() =>
    [
        One("Attention", null, Numbers(1, 2, 3, 4), Numbers(1, 2, 5, 4), Numbers(1, 2, 5, 2)) with { Opset = 23 },
        One("Attention", new() { ["is_causal"] = 1, ["scale"] = 0.7 }, Numbers(2, 1, 3, 4), Numbers(2, 1, 3, 4), Numbers(2, 1, 3, 2)) with
        {
            Opset = 23,
        },
        One("Attention", null, Numbers(1, 2, 3, 4), Numbers(1, 2, 3, 4), Numbers(1, 2, 3, 2), Numbers(3, 3)) with
        {
            Name = "Attention mask",
            Opset = 23,
        },
    ];
}
