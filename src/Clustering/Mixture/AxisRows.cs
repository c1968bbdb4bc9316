using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Mixture;

/// <summary>Rows along discriminant axes, in float32, in groups of eight side by side: [N/8,A,8].</summary>
sealed class AxisRows
{
    const int Group = LogDensityKernel.RowCount, Length = DiscriminantAxes.Count * Group;

    readonly float[] values;

    /// <param name="axes">The axes.</param>
    /// <param name="rows">Rows [N,D].</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    public AxisRows(DiscriminantAxes axes, Rows rows, int threads)
    {
        (Axes, values) = (axes, new float[((rows.Count + Group - 1) / Group + 1) * Length]);
        double[][] largest = new double[Chunks.Count(rows.Count)][];
        Chunks.ForEach(rows.Count, threads, (chunk, first, end) =>
        {
            double[] most = largest[chunk] = new double[DiscriminantAxes.Count];
            Span<double> coordinates = stackalloc double[DiscriminantAxes.Count];
            // The last group repeats the last row.
            for (int row = first; row < (end + Group - 1) / Group * Group; row++)
            {
                axes.Project(rows[Math.Min(row, end - 1)], coordinates);
                for (int axis = 0; axis < coordinates.Length; axis++)
                {
                    most[axis] = Math.Max(most[axis], Math.Abs(coordinates[axis]));
                    values[row / Group * Length + axis * Group + row % Group] = (float)coordinates[axis];
                }
            }
        });
        Largest = new double[DiscriminantAxes.Count];
        foreach (double[] most in largest)
        {
            for (int axis = 0; axis < most.Length; axis++)
            {
                Largest[axis] = Math.Max(Largest[axis], most[axis]);
            }
        }
    }

    /// <summary>The axes.</summary>
    public DiscriminantAxes Axes { get; }

    /// <summary>The largest magnitude along each axis, [A].</summary>
    public double[] Largest { get; }

    /// <summary>The eight rows from <paramref name="first"/> on, [A,8]; eight more lie behind them, or as many zeros.</summary>
    public ref float Get(int first) => ref values[first / Group * Length];
}
