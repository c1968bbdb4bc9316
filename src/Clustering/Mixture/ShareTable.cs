namespace Toolchain.Clustering.Mixture;

/// <summary>All shares, component by component.</summary>
sealed class ShareTable(int componentCount, int paddedCount) : IShareSink
{
    readonly double[] values = new double[(long)componentCount * paddedCount];

    /// <summary>Shares of one component in the rows, those that fill the last eight included.</summary>
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
                    System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref block.Shares(k, group), LogDensityKernel.RowCount)
                        .CopyTo(to);
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
