namespace Toolchain.Graph;

/// <summary>bfloat16: the upper half of a float32, with 8 bits of precision.</summary>
static class BFloat16
{
    public static void Widen(ReadOnlySpan<ushort> values, Span<double> to)
    {
        for (int i = 0; i < values.Length; i++)
        {
            to[i] = BitConverter.UInt32BitsToSingle((uint)values[i] << 16);
        }
    }

    /// <summary>The nearest bfloat16, of two the even one; by way of float32, as runtimes do.</summary>
    public static ushort Narrow(double value)
    {
        uint bits = BitConverter.SingleToUInt32Bits((float)value);
        return double.IsNaN(value) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    public static double Round(double value) => BitConverter.UInt32BitsToSingle((uint)Narrow(value) << 16);
}
