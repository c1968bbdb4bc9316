using Toolchain.Graph.Building;
using Toolchain.Graph.Operators;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// The gradient of a kernel as one matrix product for each of its elements: of the output's gradient [O, all places] with what the element
/// saw at these places [all places, C]. Two to three times as fast as a convolution where there are channels to multiply
/// (docs/benchmarks/training-graphs.md).
/// </summary>
static class KernelProducts
{
    // Each element costs a copy of the image. Measured with 3 x 3 and 32 to 128 channels; 5 x 5 of one channel gained nothing.
    const long MostCells = 9, FewestChannels = 16;

    /// <summary>Whether a kernel is small, of many channels and one group, over places whose sizes are known.</summary>
    public static bool Suit(Value image, Value output, Value weight, Attributes attributes) => attributes.Int("group", 1) == 1
        && weight.Shape.IsFixed && weight.Shape[1].Size >= FewestChannels
        && weight.Shape.Skip(2).Aggregate(1L, (product, dim) => product * dim.Size!.Value) <= MostCells
        && output.Shape.Skip(2).Concat(image.Shape.Skip(2)).All(dim => dim.Size is > 0);

    /// <summary>The gradient in the shape of <paramref name="weight"/> [O,C,...], from the image [N,C,...] and d [N,O,...].</summary>
    public static Value Build(GraphBuilder graph, Value image, Value d, Value weight, Attributes attributes)
    {
        long[] sizes = weight.Shape.Sizes, axes = [.. Enumerable.Range(1, sizes.Length - 2).Select(axis => (long)axis)];
        (long[] strides, long[] dilations, long[] pads) = ConvolutionGradients.Steps.Of(attributes, axes.Length);
        Value padded = pads.All(size => size == 0) ? image : graph.Apply("Pad",
            [image, Vector([0, 0, .. pads[..axes.Length], 0, 0, .. pads[axes.Length..]])]);
        Value last = graph.Transpose(padded, [0, .. axes.Select(axis => axis + 1), 1]); // [N,...,C]
        Value rows = graph.Reshape(graph.Transpose(d, [1, 0, .. axes.Select(axis => axis + 1)]), sizes[0], -1); // [O, places]
        Value[] elements = [.. Windows.Positions([.. sizes[2..].Select(size => checked((int)size))]).Select(cell =>
        {
            long[] start = [.. cell.Zip(dilations, (at, dilation) => at * dilation)];
            long[] end = [.. start.Select((at, axis) => at + (d.Shape[axis + 2].Size!.Value - 1) * strides[axis] + 1)];
            Value seen = graph.Apply("Slice", [last, Vector(start), Vector(end), Vector(axes), Vector(strides)]);
            return graph.Unsqueeze(graph.MatMul(rows, graph.Reshape(seen, -1, sizes[1])), 2); // [O,C,1]
        })];
        return graph.ReshapeLike(elements.Length == 1 ? elements[0]
            : graph.Apply("Concat", elements, new Attributes { ["axis"] = 2 }), weight);

        Value Vector(long[] values) => graph.Constant(TensorData.Vector(values));
    }
}
