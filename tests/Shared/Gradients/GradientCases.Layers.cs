using Toolchain.Graph;

namespace Toolchain.Tests.Gradients;

/// <summary>Products, convolutions and recurrent layers.</summary>
static partial class GradientCases
{
    static IEnumerable<Case> Layers() =>
    [
        One("MatMul", null, Numbers(2, 3), Numbers(3, 4)), One("MatMul", null, Numbers(2, 2, 3), Numbers(3, 2)),
        One("MatMul", null, Numbers(2, 1, 2, 3), Numbers(4, 3, 2)),
        One("Gemm", null, Numbers(2, 3), Numbers(3, 4), Numbers(4)),
        One("Gemm", new() { ["transA"] = 1, ["transB"] = 1, ["alpha"] = 0.5, ["beta"] = 1.5 }, Numbers(3, 2), Numbers(4, 3), Numbers(2, 1)),
        One("Conv", null, Numbers(2, 3, 4, 4), Numbers(2, 3, 3, 2), Numbers(2)),
        One("Conv", Steps(2, 1, 1, ("group", 2L)), Numbers(2, 4, 5), Numbers(2, 2, 3)),
        One("Conv", Steps(1, 2, 1), Numbers(1, 2, 5, 6), Numbers(3, 2, 2, 2)) with { Name = "Conv 2 dilations" },
        One("Conv", Several([2, 1], [1, 2], [1, 0, 0, 1]), Numbers(2, 16, 5, 4), Numbers(2, 16, 3, 2)) with { Name = "Conv by products" },
        One("Conv", null, Numbers(2, 16, 3, 2), Numbers(3, 16, 1, 1)) with { Name = "Conv by one product" },
        One("ConvTranspose", Several([2, 1], [1, 2], [1, 0, 0, 1]), Numbers(1, 2, 3, 3), Numbers(2, 16, 3, 2)) with
        {
            Name = "ConvTranspose by products"
        },
        One("ConvTranspose", null, Numbers(2, 3, 3, 2), Numbers(3, 2, 2, 2), Numbers(2)),
        One("ConvTranspose", Steps(2, 1, 1, ("group", 2L), ("output_padding", new long[] { 1 })), Numbers(2, 4, 4), Numbers(4, 2, 3)),
        .. ((string[])["forward", "reverse", "bidirectional"]).SelectMany(direction =>
            (Case[])[Recurrent("RNN", 1, direction), Recurrent("GRU", 3, direction), Recurrent("LSTM", 4, direction)]),
        Recurrent("GRU", 3, "forward", ("linear_before_reset", 1L)),
        Recurrent("RNN", 1, "forward", ("activations", new[] { "Relu" })) with { Opset = 13 },
    ];

    // Inputs X [L,N,I], weights, biases, lengths, initial states, and cells of an LSTM.
    static Case Recurrent(string op, int gates, string direction, params (string Name, object Value)[] more)
    {
        int directions = direction == "bidirectional" ? 2 : 1;
        var attributes = new Attributes { ["hidden_size"] = 2, ["direction"] = direction };
        foreach ((string name, object value) in more)
        {
            attributes[name] = value;
        }
        TensorData lengths = TensorData.FromDoubles([3, 2], [2], ElementType.Int32), state = Numbers(directions, 2, 2);
        TensorData[] inputs = [Numbers(3, 2, 3), Numbers(directions, 2 * gates, 3), Numbers(directions, 2 * gates, 2),
            Numbers(directions, 4 * gates), lengths, state, .. gates == 4 ? [Positive(directions, 2, 2)] : (TensorData[])[]];
        return new($"{op} {direction} {string.Join(" ", more.Select(pair => pair.Name))}", inputs, (graph, x) =>
            graph.Apply(op, x, attributes, gates == 4 ? 3 : 2));
    }

    static Attributes Several(long[] strides, long[] dilations, long[] pads) =>
        new() { ["strides"] = strides, ["dilations"] = dilations, ["pads"] = pads };

    static Attributes Steps(long stride, long dilation, long pad, params (string Name, object Value)[] more)
    {
        int axes = more.Length == 0 ? 2 : 1;
        var steps = new Attributes
        {
            ["strides"] = Enumerable.Repeat(stride, axes).ToArray(),
            ["dilations"] = Enumerable.Repeat(dilation, axes).ToArray(),
            ["pads"] = Enumerable.Repeat(pad, 2 * axes).ToArray(),
        };
        foreach ((string name, object value) in more)
        {
            steps[name] = value;
        }
        return steps;
    }
}
