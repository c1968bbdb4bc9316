using Toolchain.Clustering;

namespace Toolchain.Evaluate.Fusion;

/// <summary>A number by its rank among all, found by counting.</summary>
static class OrderStatistic
{
    // Of the 32 bits of a number three times so many, from the highest on.
    const int Bits = 11;

    /// <summary>The number at <paramref name="index"/> among those of all ranks in rising order.</summary>
    /// <param name="values">Those of this rank, each at least 0.</param>
    /// <param name="index">In [0..N).</param>
    /// <param name="ranks">The ranks.</param>
    public static float Of(float[] values, long index, IRanks ranks)
    {
        // Numbers from 0 on are in the order of their bits.
        uint known = 0;
        for (int shift = 32 - Bits, top = 32; top > 0; top = shift, shift = Math.Max(0, shift - Bits))
        {
            (uint prefix, int above, int below) = (known, top, shift);
            double[] counts = ranks.Sum("distances counted", () =>
            {
                var own = new double[1 << Bits];
                foreach (float value in values)
                {
                    ulong bits = BitConverter.SingleToUInt32Bits(value);
                    if (bits >> above == (ulong)prefix >> above)
                    {
                        own[(bits >> below) & ((1UL << (above - below)) - 1)]++;
                    }
                }
                return own;
            });
            uint digit = 0;
            for (; index >= counts[digit]; digit++)
            {
                index -= (long)counts[digit];
            }
            known |= digit << shift;
        }
        return BitConverter.UInt32BitsToSingle(known);
    }
}
