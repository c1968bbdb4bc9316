using Toolchain.Export.Recording;

namespace Toolchain.Export.Parity;

/// <summary>
/// Sizes for the proof of a module with large activations: they take hardly more memory than the example, whose size its user chose.
/// </summary>
static class LargeProof
{
    // Elements of an input over those of the example: sizes of more are reduced, to about the second.
    const double MostGrowth = 0.9, ReducedGrowth = 0.75;

    /// <summary>
    /// The sizes if they are smaller than the example's together. Otherwise there are fewer rows where another axis is tested, then
    /// smaller sizes of the axes that are not, and at last at most one row more than the example has.
    /// </summary>
    /// <param name="axes">The named axes.</param>
    /// <param name="wanted">A size for each.</param>
    /// <param name="tested">The axis whose size stays as it is; null for the batch.</param>
    /// <param name="keepsRows">Whether the batch is one that the caller set.</param>
    public static int[] Bounded(IReadOnlyList<AxisSizes> axes, int[] wanted, int? tested, bool keepsRows = false)
    {
        int[] sizes = [.. wanted];
        int batch = axes.ToList().FindIndex(axis => axis.Axis.IsBatch);
        if (IsLarge(axes, sizes) && tested is int other && batch >= 0 && other != batch)
        {
            sizes[batch] = Math.Max(axes[batch].Lowest, (int)(sizes[batch] / Growth(axes, sizes)));
        }
        int[] free = [.. Enumerable.Range(0, sizes.Length).Where(axis => axis != batch && axis != tested)];
        if (IsLarge(axes, sizes))
        {
            double excess = Growth(axes, sizes) / ReducedGrowth;
            foreach (int axis in free)
            {
                sizes[axis] = axes[axis].Nearest((int)(sizes[axis] * Math.Pow(excess, -1.0 / free.Length)));
            }
        }
        if (IsLarge(axes, sizes) && batch >= 0 && !keepsRows)
        {
            sizes[batch] = Math.Min(sizes[batch], axes[batch].Nearest(axes[batch].Example + 1));
        }
        return sizes;
    }

    /// <summary>Whether sizes take about the memory of the example's, or more.</summary>
    public static bool IsLarge(IReadOnlyList<AxisSizes> axes, int[] sizes) => Growth(axes, sizes) > MostGrowth;

    static double Growth(IReadOnlyList<AxisSizes> axes, int[] sizes) =>
        axes.Zip(sizes).Aggregate(1.0, (product, pair) => product * pair.Second / pair.First.Example);
}
