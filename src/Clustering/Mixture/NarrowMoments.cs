using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Mixture;

/// <summary>
/// Moments of short rows x_n about an origin o, eight rows at a time: sum w_n, sum w_n (x_n - o) [D], and the lower triangle of
/// sum w_n (x_n - o)(x_n - o)^T [D,D]. Each sum is four partial sums side by side, one vector, until <see cref="Take"/>: no number changes
/// its lane while rows are added.
/// </summary>
sealed class NarrowMoments(double[] mean)
{
    const int Half = LogDensityKernel.RowCount / 2, Height = 4;

    readonly int width = mean.Length, padded = (mean.Length + Height - 1) / Height * Height;
    // Padded to a multiple of four columns.
    readonly double[] origin = [.. mean, 0, 0, 0];
    // For each block of four columns: their four sums; then, for each column up to the last of the block, the sums of its products with the
    // four. A sum takes four numbers, so a block of four sums takes 16.
    readonly AlignedBuffer sums = new(SumCount((mean.Length + Height - 1) / Height)), total = new(Half);

    // Blocks 1, 2, ... have 1 + 4, 1 + 8, ... columns of four sums.
    static int SumCount(int blocks) => blocks * (2 * blocks + 3) * Height * Half;

    /// <summary>How many numbers <see cref="Take"/> writes.</summary>
    public static int Length(int width) => 1 + width + width * (width + 1) / 2;

    /// <summary>Adds eight rows of the weights [8].</summary>
    /// <param name="transposed">Rows side by side, [D,8], with room for three columns more.</param>
    /// <param name="weights">The weights, [8].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ref double transposed, ref double weights)
    {
        Vector256<double> low = Load(ref weights, 0), high = Load(ref weights, Half);
        (Load(ref total.First, 0) + (low + high)).StoreUnsafe(ref total.First);
        ref double target = ref sums.First;
        for (int block = 0; block < padded; block += Height)
        {
            ref double c = ref Unsafe.Add(ref transposed, block * LogDensityKernel.RowCount), o = ref origin[block];
            (Vector256<double> x0, Vector256<double> y0) = Weigh(ref c, o, low, high);
            (Vector256<double> x1, Vector256<double> y1) = Weigh(ref Unsafe.Add(ref c, LogDensityKernel.RowCount), Unsafe.Add(ref o, 1),
                low, high);
            (Vector256<double> x2, Vector256<double> y2) = Weigh(ref Unsafe.Add(ref c, 2 * LogDensityKernel.RowCount), Unsafe.Add(ref o, 2),
                low, high);
            (Vector256<double> x3, Vector256<double> y3) = Weigh(ref Unsafe.Add(ref c, 3 * LogDensityKernel.RowCount), Unsafe.Add(ref o, 3),
                low, high);
            (Load(ref target, 0) + (x0 + y0)).StoreUnsafe(ref target);
            (Load(ref target, 4) + (x1 + y1)).StoreUnsafe(ref target, 4);
            (Load(ref target, 8) + (x2 + y2)).StoreUnsafe(ref target, 8);
            (Load(ref target, 12) + (x3 + y3)).StoreUnsafe(ref target, 12);
            c = ref transposed;
            o = ref origin[0];
            for (int column = Math.Min(width, block + Height); column > 0; column--)
            {
                target = ref Unsafe.Add(ref target, Height * Half);
                var shift = Vector256.Create(o);
                Vector256<double> x = Load(ref c, 0) - shift, y = Load(ref c, Half) - shift;
                Vector256.FusedMultiplyAdd(y0, y, Vector256.FusedMultiplyAdd(x0, x, Load(ref target, 0))).StoreUnsafe(ref target);
                Vector256.FusedMultiplyAdd(y1, y, Vector256.FusedMultiplyAdd(x1, x, Load(ref target, 4))).StoreUnsafe(ref target, 4);
                Vector256.FusedMultiplyAdd(y2, y, Vector256.FusedMultiplyAdd(x2, x, Load(ref target, 8))).StoreUnsafe(ref target, 8);
                Vector256.FusedMultiplyAdd(y3, y, Vector256.FusedMultiplyAdd(x3, x, Load(ref target, 12))).StoreUnsafe(ref target, 12);
                c = ref Unsafe.Add(ref c, LogDensityKernel.RowCount);
                o = ref Unsafe.Add(ref o, 1);
            }
            target = ref Unsafe.Add(ref target, Height * Half);
        }
    }

    /// <summary>Writes weight, sums [D] and the lower triangle of the products [D(D+1)/2].</summary>
    public void Take(Span<double> to)
    {
        to[0] = Vector256.Sum(Load(ref total.First, 0));
        int at = 0;
        for (int block = 0; block < padded; block += Height)
        {
            for (int column = -1; column < Math.Min(width, block + Height); column++)
            {
                for (int row = block; row < block + Height; row++, at += Half)
                {
                    if (column <= row && row < width)
                    {
                        to[column < 0 ? 1 + row : 1 + width + row * (row + 1) / 2 + column] =
                            Vector256.Sum(Load(ref sums.First, (nuint)at));
                    }
                }
            }
        }
    }

    static (Vector256<double> Low, Vector256<double> High) Weigh(ref double column, double origin, Vector256<double> low,
        Vector256<double> high) =>
        (low * (Load(ref column, 0) - Vector256.Create(origin)), high * (Load(ref column, Half) - Vector256.Create(origin)));

    static Vector256<double> Load(ref double from, nuint at) => Vector256.LoadUnsafe(ref from, at);
}
