using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Deploy.Pictures;

/// <summary>
/// Rows or columns of pictures as matrices: scaling and placing are products with them. All in float64, as in Data's Resampling.
/// </summary>
/// <param name="graph">Gets the nodes.</param>
/// <param name="length">Number of rows or columns, a float64 scalar.</param>
sealed class PictureLines(GraphBuilder graph, Term length)
{
    /// <summary>Their numbers 0, 1, 2 ..., [1,1,length].</summary>
    public Term Indices { get; } = new Term(graph, graph.Apply("Range", [length.Number(0).Value, length.Value, length.Number(1).Value]))
        .Unsqueeze(0, 1);

    /// <summary>How many there are.</summary>
    public Term Length => length;

    /// <summary>Weights that scale a part to a count of target lines, each row with sum 1 but for those beyond the count.</summary>
    /// <param name="start">First line of the part, [N,1,1].</param>
    /// <param name="part">Lines of the part, [N,1,1].</param>
    /// <param name="count">Target lines, [N,1,1].</param>
    /// <param name="shift">Where the first target line goes, [N,1,1]; null for 0.</param>
    /// <param name="side">Size of the target.</param>
    /// <returns>Weights [N,side,length] and their sums [N,side,1], 1 where there are none.</returns>
    public (Term Weights, Term Sums) Scale(Term start, Term part, Term count, Term? shift, int side)
    {
        Term target = Numbers(side).Unsqueeze(0, 2);
        target = shift is { } by ? target - by : target;
        Term ratio = part / count, radius = ratio.AtLeast(1), centre = (target + 0.5) * ratio, source = Indices - start;
        Term weights = (1 - (source + 0.5 - centre).Apply("Abs") / radius).Apply("Relu") * Inside(source, part) * Inside(target, count);
        return (weights, weights.Reduce("ReduceSum", 2).OrOne());
    }

    /// <summary>A matrix [side,length] of ones on its diagonal, [1,side,length].</summary>
    public Term Copy(int side) => Numbers(side).Unsqueeze(0, 2).Is("Equal", Indices);

    /// <summary>Matrices that move lines down by a number, [N,side,count].</summary>
    /// <param name="by">How far, [N,1,1].</param>
    /// <param name="side">Lines of the result.</param>
    /// <param name="count">Lines that are moved.</param>
    public Term Move(Term by, int side, int count) =>
        (Numbers(side).Unsqueeze(0, 2) - by).Is("Equal", Numbers(count).Unsqueeze(0, 1));

    /// <summary>The numbers 0 .. count-1 as float64, [count].</summary>
    public Term Numbers(int count) =>
        new(graph, graph.Constant(TensorData.Of([.. Enumerable.Range(0, count).Select(i => (double)i)], count)));

    /// <summary>1 for numbers in [0..count), else 0.</summary>
    public static Term Inside(Term numbers, Term count) => (1 - numbers.Is("Less", numbers.Number(0))) * numbers.Is("Less", count);
}
