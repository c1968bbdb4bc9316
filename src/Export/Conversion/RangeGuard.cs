using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Conversion;

/// <summary>
/// Lets a model refuse sizes outside of an axis's declared range. ONNX has no assertion: the size, less the lowest one, indexes a vector
/// that is as long as the range, and what was found there, always 0, is added to the shape to which the input is reshaped.
/// </summary>
static class RangeGuard
{
    /// <summary>Key of the metadata entry that states the range of an axis, such as "1..512".</summary>
    public static string Key(string axis) => $"axis.{axis}";

    public static string Text(Axis axis) => FormattableString.Invariant($"{axis.Lowest}..{axis.Highest}");

    /// <summary><paramref name="input"/> itself, or behind a guard of each axis that has a range.</summary>
    public static Value Apply(GraphBuilder graph, Value input, IReadOnlyList<Axis> axes)
    {
        Value guarded = input;
        for (int axis = 0; axis < axes.Count; axis++)
        {
            if (axes[axis] is { Lowest: int lowest, Highest: int highest })
            {
                guarded = graph.Refine(Guarded(graph, guarded, axis, lowest, highest), input.Shape);
            }
        }
        return guarded;
    }

    static Value Guarded(GraphBuilder graph, Value x, int axis, long lowest, long highest)
    {
        Value shape = graph.Apply("Shape", [x]);
        Value size = graph.Apply("Gather", [shape, Vector(axis)], new Attributes { ["axis"] = 0 }); // [1]
        Value outside = graph.Apply("Or", [graph.Apply("Less", [size, Vector(lowest)]), graph.Apply("Greater", [size, Vector(highest)])]);
        Value place = graph.Apply("Where", [outside, Vector(highest - lowest + 1), graph.Sub(size, Vector(lowest))]);
        Value zeros = graph.Apply("ConstantOfShape", [Vector(highest - lowest + 1)], new Attributes { ["value"] = TensorData.Vector(0) });
        Value zero = graph.Apply("Gather", [zeros, place], new Attributes { ["axis"] = 0 }); // fails outside
        return graph.Apply("Reshape", [x, graph.Add(shape, zero)]);

        Value Vector(long number) => graph.Constant(TensorData.Vector(number));
    }
}
