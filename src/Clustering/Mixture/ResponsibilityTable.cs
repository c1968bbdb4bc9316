using System.Runtime.InteropServices;

namespace Toolchain.Clustering.Mixture;

/// <summary>Responsibilities of all components, [K, N rounded up to a multiple of eight], row-major.</summary>
sealed class ResponsibilityTable(int componentCount, int paddedCount) : IResponsibilitySink
{
    readonly double[] values = new double[(long)componentCount * paddedCount];

    /// <summary>Responsibilities of one component for the rows, those that pad the last block of eight included.</summary>
    public ReadOnlySpan<double> this[int component] => values.AsSpan(component * paddedCount, paddedCount);

    public void Add(int first, int length, ExpectationBlock block)
    {
        for (int k = 0; k < componentCount; k++)
        {
            for (int group = 0; group < length / LogDensityKernel.RowCount; group++)
            {
                Span<double> to = values.AsSpan(k * paddedCount + first + group * LogDensityKernel.RowCount, LogDensityKernel.RowCount);
                if ((block.Groups(k) >> group & 1) != 0)
                {
                    MemoryMarshal.CreateReadOnlySpan(ref block.Responsibilities(k, group), LogDensityKernel.RowCount).CopyTo(to);
                }
                else
                {
                    to.Clear();
                }
            }
        }
    }

    public void End()
    {
    }
}
