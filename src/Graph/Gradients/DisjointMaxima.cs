using Toolchain.Graph.Building;
using Toolchain.Graph.Operators;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// The gradient of a maximum over windows that lie side by side, such as 2 x 2 by steps of 2: where an element is its window's maximum, and
/// the first of those, it is d. Windows become blocks by Resize, which runtimes do faster than they scatter by MaxPool's indices.
/// </summary>
static class DisjointMaxima
{
    /// <summary>Whether windows are such, of a size that is known, in a type for which runtimes have Resize.</summary>
    public static bool Has(Windows windows, Value x) => x.Type.Element == ElementType.Float32 && !windows.CeilMode
        && windows.Kernel.SequenceEqual(windows.Strides) && windows.Dilations.All(size => size == 1)
        && windows.Begin.Concat(windows.End).All(size => size == 0) && x.Shape.Skip(2).All(dim => dim.Size is not null);

    /// <summary>The gradient of x from those of the maxima <paramref name="y"/>.</summary>
    public static Value Spread(GraphBuilder graph, Value x, Value y, Value d, Windows windows)
    {
        long[] sizes = [.. x.Shape.Skip(2).Select(dim => dim.Size!.Value)], kernel = [.. windows.Kernel.Select(size => (long)size)];
        long[] rest = [.. sizes.Zip(kernel, (size, cells) => size % cells)];
        bool isWhole = rest.All(size => size == 0);
        Value covered = isWhole ? x : Cut(graph, x, [.. sizes.Zip(rest, (size, behind) => size - behind)]);
        // The first cell of a window has the largest number, and other elements than the maximum have none.
        Term isLargest = new Term(graph, covered).Is("Equal", new Term(graph, Blocks(graph, y, kernel)));
        Term number = isLargest * new Term(graph, Numbers(graph, covered, kernel));
        Value first = graph.Apply("MaxPool", [number], new Attributes { ["kernel_shape"] = kernel, ["strides"] = kernel });
        Value result = number.Is("Equal", new Term(graph, Blocks(graph, first, kernel))) * new Term(graph, Blocks(graph, d, kernel));
        return isWhole ? result : graph.Apply("Pad", [result, graph.Constant(TensorData.Vector([.. new long[rest.Length + 4], .. rest]))]);
    }

    static Value Cut(GraphBuilder graph, Value x, long[] sizes) => graph.Apply("Slice",
        [x, graph.Constant(TensorData.Vector(new long[sizes.Length])),
        graph.Constant(TensorData.Vector(sizes)), graph.Constant(TensorData.Vector([.. sizes.Select((_, axis) => axis + 2L)]))]);

    // Each element as a block of the kernel's sizes.
    static Value Blocks(GraphBuilder graph, Value x, long[] kernel) => graph.Apply("Resize",
        [x, null, graph.Constant(TensorData.Of([1f, 1, .. kernel.Select(size => (float)size)], kernel.Length + 2))],
        new Attributes { ["mode"] = "nearest", ["coordinate_transformation_mode"] = "asymmetric", ["nearest_mode"] = "floor" });

    // From the number of a window's cells down to 1, in row-major order in each window.
    static Value Numbers(GraphBuilder graph, Value covered, long[] kernel)
    {
        long[] sizes = covered.Shape.Skip(2).Select(dim => dim.Size!.Value).ToArray();
        long cells = kernel.Aggregate((a, b) => a * b);
        double[] numbers = [.. Windows.Positions([.. sizes.Select(size => (int)size)]).Select(position =>
            (double)(cells - position.Zip(kernel).Aggregate(0L, (cell, pair) => cell * pair.Second + pair.First % pair.Second)))];
        return graph.Constant(TensorData.FromDoubles(numbers, sizes, covered.Type.Element));
    }
}
