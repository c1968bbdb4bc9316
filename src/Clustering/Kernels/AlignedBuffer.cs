using System.Runtime.CompilerServices;

namespace Toolchain.Clustering.Kernels;

/// <summary>Numbers that begin at a cache line, so that no vector of theirs lies across two.</summary>
readonly struct AlignedBuffer
{
    const int LineBytes = 64;

    readonly double[] values;
    readonly int offset;

    public unsafe AlignedBuffer(int length)
    {
        values = new double[length + LineBytes / sizeof(double)];
        // Should the collector move the array, speed is lost, nothing else.
        nuint past = (nuint)Unsafe.AsPointer(ref values[0]) % LineBytes;
        (offset, Length) = ((int)((LineBytes - past) / sizeof(double)), length);
    }

    public int Length { get; }

    public Span<double> Span => values.AsSpan(offset, Length);

    public ref double First => ref values[offset];
}
