using Toolchain.Export.Recording;

namespace Toolchain.Export.Parity;

/// <summary>Sizes at which module and model are run side by side.</summary>
/// <param name="Sizes">A size for each named axis.</param>
/// <param name="Rows">Size of the batch, or of the first axis where none is a batch.</param>
/// <param name="Text">Such as "N=7, L=30".</param>
/// <param name="IsBase">
/// Whether it is one of <see cref="OnnxExportOptions.ProofSizes"/>, not one that the code of the module or a range asked for.
/// </param>
sealed record ProofPoint(int[] Sizes, int Rows, string Text, bool IsBase);

/// <summary>Chooses the sizes of a proof, the most critical first.</summary>
static class ProofPlan
{
    // Rows at sizes of other axes than the batch.
    const int Rows = 2;

    // Ends of a range.
    const int Ends = 2;

    /// <summary>
    /// One point for each of <paramref name="proofSizes"/>, with sizes of the other axes near the example, lowest and random; after the
    /// first two of them each axis alone at the ends of its range, and at last around <paramref name="constants"/> and at random sizes.
    /// </summary>
    public static IReadOnlyList<ProofPoint> Of(ExampleInputs inputs, IReadOnlyList<int> proofSizes, IReadOnlyList<long> constants)
    {
        IReadOnlyList<AxisSizes> axes = inputs.AxisSizes;
        if (axes.Count == 0)
        {
            return [new ProofPoint([], (int)inputs.Examples[0].Sizes.FirstOrDefault(1), "the example's sizes", IsBase: true)];
        }
        int[] usual = [.. axes.Select(axis => axis.Base(0, Rows))];
        int[][] critical = [.. axes.Select(axis => axis.CriticalSizes(constants).ToArray())];
        ProofPoint[] bases = [.. proofSizes.Select((rows, i) => Point([.. axes.Select(axis => axis.Base(i, rows))], isBase: true))];
        // Ranks 0 and 1 of an axis that is no batch are the ends of its range.
        ProofPoint[] ends = [.. Others(Ends, axis => !axis.Axis.IsBatch)];
        ProofPoint[] others = [.. Others(critical.Max(sizes => sizes.Length), _ => true)];
        return [.. ((IEnumerable<ProofPoint>)[.. bases.Take(Ends), .. ends, .. bases.Skip(Ends), .. others])
            .DistinctBy(point => point.Text)];

        IEnumerable<ProofPoint> Others(int ranks, Func<AxisSizes, bool> isWanted) =>
            from rank in Enumerable.Range(0, ranks)
            from axis in Enumerable.Range(0, axes.Count)
            where rank < critical[axis].Length && isWanted(axes[axis])
            select Point([.. usual.Select((size, i) => i == axis ? critical[axis][rank] : size)], isBase: false, axis);

        ProofPoint Point(int[] wanted, bool isBase, int? tested = null)
        {
            int[] sizes = inputs.IsLarge
                ? LargeProof.Bounded(axes, wanted, tested, isBase && proofSizes != OnnxExportOptions.DefaultProofSizes) : wanted;
            int batch = axes.ToList().FindIndex(axis => axis.Axis.IsBatch);
            return new ProofPoint(sizes, sizes[Math.Max(batch, 0)],
                string.Join(", ", axes.Zip(sizes, (axis, size) => $"{axis.Axis.Name}={size}")), isBase);
        }
    }
}
