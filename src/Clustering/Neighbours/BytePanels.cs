using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Neighbours;

/// <summary>Two neighbouring bytes of a row that are not both 0.</summary>
/// <param name="At">Where their pair begins in a panel.</param>
/// <param name="Values">The first in the lower half, the second in the upper half.</param>
readonly record struct BytePair(int At, int Values);

/// <summary>
/// Rows of bytes in panels of 32, with the bytes of each pair of columns side by side as 16-bit numbers, [N/32,D/2,32,2]: one instruction
/// makes the products of a pair with eight rows and adds them up. Products are exact. A row's pairs of zeros, which most pairs of drawn
/// digits are, cost nothing.
/// </summary>
sealed class BytePanels
{
    /// <summary>Rows of a panel.</summary>
    public const int Columns = 32;

    readonly AlignedBuffer values;
    readonly int panelLength;

    /// <param name="rows">Rows [N,D] of a width that panels <see cref="CanHold"/>.</param>
    /// <param name="first">The first row that the panels hold.</param>
    /// <param name="count">How many they hold; the last panel is filled up with zeros.</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    public BytePanels(ByteRows rows, int first, int count, int threads)
    {
        Count = (count + Columns - 1) / Columns;
        panelLength = (rows.Width + 1) / 2 * Columns;
        values = new AlignedBuffer(Count * (panelLength / 2)); // two pairs take a float64
        Chunks.ForParts(count, Count, threads, (panel, _, _) =>
        {
            for (int row = panel * Columns; row < Math.Min(count, (panel + 1) * Columns); row++)
            {
                foreach (BytePair pair in PairsOf(rows, first + row))
                {
                    Unsafe.Add(ref Panel(panel), pair.At + row % Columns) = pair.Values;
                }
            }
        });
    }

    /// <summary>Whether the machine has the instructions, and no sum of products of such rows overflows.</summary>
    public static bool CanHold(int width) => ByteProducts.IsSupported && width <= int.MaxValue / (byte.MaxValue * byte.MaxValue);

    /// <summary>Number of panels.</summary>
    public int Count { get; }

    /// <summary>The pairs of a row that are not both 0.</summary>
    public static BytePair[] PairsOf(ByteRows rows, int row)
    {
        ReadOnlySpan<byte> bytes = rows.Values.Span.Slice(row * rows.Width, rows.Width);
        var pairs = new BytePair[(rows.Width + 1) / 2];
        int found = 0;
        for (int column = 0; column < bytes.Length; column += 2)
        {
            int both = bytes[column] | (column + 1 < bytes.Length ? bytes[column + 1] << 16 : 0);
            pairs[found] = new(column / 2 * Columns, both);
            found += both == 0 ? 0 : 1;
        }
        return pairs[..found];
    }

    /// <summary>Products of a row with the rows of a panel.</summary>
    /// <param name="row">The row's pairs.</param>
    /// <param name="panel">Index of the panel.</param>
    /// <param name="products">Gets them, [32].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Multiply(BytePair[] row, int panel, Span<int> products)
    {
        ref int first = ref Panel(panel);
        Vector256<int> s0 = default, s1 = default, s2 = default, s3 = default;
        foreach (BytePair pair in row)
        {
            Vector256<short> own = Vector256.Create(pair.Values).AsInt16();
            ref int others = ref Unsafe.Add(ref first, pair.At);
            s0 += Multiply(own, ref others, 0);
            s1 += Multiply(own, ref others, 8);
            s2 += Multiply(own, ref others, 16);
            s3 += Multiply(own, ref others, 24);
        }
        s0.CopyTo(products);
        s1.CopyTo(products[8..]);
        s2.CopyTo(products[16..]);
        s3.CopyTo(products[24..]);
    }

    ref int Panel(int panel) => ref Unsafe.Add(ref Unsafe.As<double, int>(ref values.First), (nint)panel * panelLength);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<int> Multiply(Vector256<short> own, ref int others, nuint at) =>
        Avx2.MultiplyAddAdjacent(own, Vector256.LoadUnsafe(ref others, at).AsInt16());
}
