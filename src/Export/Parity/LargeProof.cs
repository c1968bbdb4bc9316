using Toolchain.Export.Recording;

namespace Toolchain.Export.Parity;

/// <summary>
/// Sizes for the proof of a module with large activations: they take hardly more memory than the example, whose size its user chose.
/// </summary>
static class LargeProof
{
    // Elements of an input over those of the example.
    const double MostGrowth = 1.25;

    /// <summary>
    /// The sizes if they are no larger than the example's together. Otherwise there are fewer rows where another axis is tested, then
    /// smaller sizes of the axes that are not.
    /// </summary>
    /// <param name="axes">The named axes.</param>
    /// <param name="wanted">A size for each.</param>
    /// <param name="tested">The axis whose size stays as it is; null for the batch.</param>
    public static int[] Bounded(IReadOnlyList<AxisSizes> axes, int[] wanted, int? tested)
    {
        int[] sizes = [.. wanted];
        int batch = axes.ToList().FindIndex(axis => axis.Axis.IsBatch);
        if (Growth() > MostGrowth && tested is int other && batch >= 0 && other != batch)
        {
            sizes[batch] = Math.Max(axes[batch].Lowest, (int)(sizes[batch] / Growth()));
        }
        int[] free = [.. Enumerable.Range(0, sizes.Length).Where(axis => axis != batch && axis != tested)];
        double excess = Growth();
        if (excess > MostGrowth)
        {
            foreach (int axis in free)
            {
                sizes[axis] = axes[axis].Nearest((int)(sizes[axis] * Math.Pow(excess, -1.0 / free.Length)));
            }
        }
        return sizes;

        double Growth() => axes.Zip(sizes).Aggregate(1.0, (product, pair) => product * pair.Second / pair.First.Example);
    }
}
