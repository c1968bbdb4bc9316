using System.Runtime.CompilerServices;

namespace Toolchain.Clustering.Kernels;

/// <summary>An array of float64 that begins at a cache line, so that no vector read from it spans two lines.</summary>
readonly struct AlignedBuffer
{
    const int LineBytes = 64;

    readonly double[] values;
    readonly int offset;

    public unsafe AlignedBuffer(int length)
    {
        values = new double[length + LineBytes / sizeof(double)];
        // The collector may move the array; that costs speed, not correctness.
        nuint past = (nuint)Unsafe.AsPointer(ref values[0]) % LineBytes;
        (offset, Length) = ((int)((LineBytes - past) / sizeof(double)), length);
    }

    public int Length { get; }

    public Span<double> Span => values.AsSpan(offset, Length);

    public ref double First => ref values[offset];
}
