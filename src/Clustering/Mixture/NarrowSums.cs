using System.Numerics;

namespace Toolchain.Clustering.Mixture;

/// <summary>The moments of all components over one part of short rows, weighted by responsibilities.</summary>
/// <param name="transposedRows">The rows.</param>
/// <param name="origins">Points [K][D] that the sums are taken about.</param>
/// <param name="end">Gets the sums, [K, <see cref="NarrowMoments.Length"/>].</param>
sealed class NarrowSums(TransposedRows transposedRows, double[][] origins, Action<double[]> end) : IResponsibilitySink
{
    readonly NarrowMoments[] moments = [.. origins.Select(origin => new NarrowMoments(origin))];

    public void Add(int first, int length, ExpectationBlock block)
    {
        for (int k = 0; k < moments.Length; k++)
        {
            for (uint left = block.Groups(k); left != 0; left &= left - 1)
            {
                int group = BitOperations.TrailingZeroCount(left);
                ref double rows = ref transposedRows.Get(first + group * LogDensityKernel.RowCount, []); // [D,8]
                moments[k].Add(ref rows, ref block.Responsibilities(k, group));
            }
        }
    }

    public void End()
    {
        int length = NarrowMoments.Length(origins[0].Length);
        var sums = new double[moments.Length * length];
        for (int k = 0; k < moments.Length; k++)
        {
            moments[k].Take(sums.AsSpan(k * length, length));
        }
        end(sums);
    }
}
