using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Toolchain.Clustering.Kernels;

static partial class VectorKernels
{
    /// <summary>centred = row - origin; weighted = weight * centred; sum += weighted.</summary>
    public static void CentreAndWeigh(ReadOnlySpan<float> row, double[] origin, double weight, Span<double> centred, Span<double> weighted,
        double[] sum)
    {
        ref float x = ref MemoryMarshal.GetReference(row);
        ref double o = ref MemoryMarshal.GetArrayDataReference(origin), s = ref MemoryMarshal.GetArrayDataReference(sum);
        ref double c = ref MemoryMarshal.GetReference(centred), w = ref MemoryMarshal.GetReference(weighted);
        int i = 0;
        for (; i + 4 <= row.Length; i += 4)
        {
            nuint at = (nuint)i;
            Vector256<double> difference = Vector256.WidenLower(Vector128.LoadUnsafe(ref x, at).ToVector256Unsafe()) - Vector256.LoadUnsafe(
                ref o, at);
            Vector256<double> scaled = difference * weight;
            difference.StoreUnsafe(ref c, at);
            scaled.StoreUnsafe(ref w, at);
            (Vector256.LoadUnsafe(ref s, at) + scaled).StoreUnsafe(ref s, at);
        }
        for (; i < row.Length; i++)
        {
            centred[i] = row[i] - origin[i];
            weighted[i] = centred[i] * weight;
            sum[i] += weighted[i];
        }
    }

    /// <summary>target += source, each number rounded by an <see cref="ExactGrid"/> of this shifter.</summary>
    public static void Add(ReadOnlySpan<float> source, Span<double> target, double shifter = 0)
    {
        var shift = Vector256.Create(shifter);
        ref float from = ref MemoryMarshal.GetReference(source);
        ref double to = ref MemoryMarshal.GetReference(target);
        int i = 0;
        for (; i + 8 <= source.Length; i += 8)
        {
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)i));
            (Vector256.LoadUnsafe(ref to, (nuint)i) + (low + shift - shift)).StoreUnsafe(ref to, (nuint)i);
            (Vector256.LoadUnsafe(ref to, (nuint)i + 4) + (high + shift - shift)).StoreUnsafe(ref to, (nuint)i + 4);
        }
        for (; i < source.Length; i++)
        {
            target[i] += source[i] + shifter - shifter;
        }
    }

    /// <summary>loser -= source; winner += source; each number rounded by an <see cref="ExactGrid"/> of this shifter.</summary>
    public static void Move(ReadOnlySpan<float> source, Span<double> loser, Span<double> winner, double shifter)
    {
        var shift = Vector256.Create(shifter);
        ref float from = ref MemoryMarshal.GetReference(source);
        ref double less = ref MemoryMarshal.GetReference(loser), more = ref MemoryMarshal.GetReference(winner);
        int i = 0;
        for (; i + 4 <= source.Length; i += 4)
        {
            Vector256<double> values = Vector256.WidenLower(Vector128.LoadUnsafe(ref from, (nuint)i).ToVector256Unsafe()) + shift - shift;
            (Vector256.LoadUnsafe(ref less, (nuint)i) - values).StoreUnsafe(ref less, (nuint)i);
            (Vector256.LoadUnsafe(ref more, (nuint)i) + values).StoreUnsafe(ref more, (nuint)i);
        }
        for (; i < source.Length; i++)
        {
            double value = source[i] + shifter - shifter;
            loser[i] -= value;
            winner[i] += value;
        }
    }

    /// <summary>loser -= source; winner += source.</summary>
    public static void Move(ReadOnlySpan<byte> source, Span<int> loser, Span<int> winner)
    {
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref int less = ref MemoryMarshal.GetReference(loser), more = ref MemoryMarshal.GetReference(winner);
        int i = 0;
        for (; Avx2.IsSupported && i + 8 <= source.Length; i += 8)
        {
            Vector256<int> values =
                Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, i)))
                .AsByte());
            (Vector256.LoadUnsafe(ref less, (nuint)i) - values).StoreUnsafe(ref less, (nuint)i);
            (Vector256.LoadUnsafe(ref more, (nuint)i) + values).StoreUnsafe(ref more, (nuint)i);
        }
        for (; i < source.Length; i++)
        {
            loser[i] -= source[i];
            winner[i] += source[i];
        }
    }

    /// <summary>target += rate (goal - target).</summary>
    public static void MoveTowards(Span<float> target, ReadOnlySpan<float> goal, float rate)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] += rate * (goal[i] - target[i]);
        }
    }

    /// <summary>target += factor * source.</summary>
    public static void AddScaled(Span<double> target, ReadOnlySpan<double> source, double factor)
    {
        ref double from = ref MemoryMarshal.GetReference(source), to = ref MemoryMarshal.GetReference(target);
        var scale = Vector256.Create(factor);
        int i = 0;
        for (; i + 4 <= target.Length; i += 4)
        {
            Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref from, (nuint)i), scale, Vector256.LoadUnsafe(ref to, (nuint)i))
                .StoreUnsafe(ref to, (nuint)i);
        }
        for (; i < target.Length; i++)
        {
            target[i] = Math.FusedMultiplyAdd(factor, source[i], target[i]);
        }
    }

    /// <summary>target += the sum of rows, each times its factor; four at once, so that the target is read and written less.</summary>
    /// <param name="target">At most as long as a row.</param>
    /// <param name="rows">Rows behind one another.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="factors">One for each row.</param>
    public static void AddScaledRows(Span<double> target, ReadOnlySpan<double> rows, int width, ReadOnlySpan<double> factors)
    {
        int row = 0;
        for (; row + 4 <= factors.Length; row += 4)
        {
            ref double to = ref MemoryMarshal.GetReference(target);
            ref double from = ref MemoryMarshal.GetReference(rows[(row * width)..]);
            Vector256<double> a = Vector256.Create(factors[row]), b = Vector256.Create(factors[row + 1]),
                c = Vector256.Create(factors[row + 2]), d = Vector256.Create(factors[row + 3]);
            int i = 0;
            for (; i + 4 <= target.Length; i += 4)
            {
                Vector256<double> sum = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref from, (nuint)i), a,
                    Vector256.LoadUnsafe(ref to, (nuint)i));
                sum = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref from, (nuint)(width + i)), b, sum);
                sum = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref from, (nuint)(2 * width + i)), c, sum);
                Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref from, (nuint)(3 * width + i)), d, sum).StoreUnsafe(ref to, (nuint)i);
            }
            for (; i < target.Length; i++)
            {
                for (int k = row; k < row + 4; k++)
                {
                    target[i] = Math.FusedMultiplyAdd(factors[k], rows[k * width + i], target[i]);
                }
            }
        }
        for (; row < factors.Length; row++)
        {
            AddScaled(target, rows.Slice(row * width, target.Length), factors[row]);
        }
    }
}
