using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Toolchain.Clustering.Kernels;

/// <summary>
/// C += A^T B on a tile of C: c[r,lane] += sum over p of a[p,r] b[p,lane], for 6 rows r and two vectors of lanes. The 12 vectors of sums
/// stay in registers (the shape of Van Zee and van de Geijn, "BLIS", 2015, for 16 registers). Lanes of b and c lie side by side; steps
/// of p and r are given. Every sum runs through its terms in order, so it has the same bits in any tile.
/// </summary>
static class Tile<T> where T : unmanaged, INumberBase<T>
{
    /// <summary>Rows of a tile.</summary>
    public const int Height = 6;

    /// <summary>Columns of a tile: 16 of float32, 8 of float64.</summary>
    public static int Columns => 2 * Vector256<T>.Count;

    static nuint Half => (nuint)Vector256<T>.Count;

    /// <summary>c[r,lane] += sum over p of a[p,r] b[p,lane].</summary>
    /// <param name="a">First number; p advances by <paramref name="aStep"/>, r by <paramref name="aRow"/>.</param>
    /// <param name="aStep">Distance of the next p.</param>
    /// <param name="aRow">Distance of the next r.</param>
    /// <param name="b">First number; p advances by <paramref name="bStep"/>, lanes lie side by side.</param>
    /// <param name="bStep">Distance of the next p.</param>
    /// <param name="length">Number of terms p.</param>
    /// <param name="c">First number of the tile; rows lie <paramref name="cRow"/> apart.</param>
    /// <param name="cRow">Distance of the next row.</param>
    public static void MultiplyAdd(ref T a, nuint aStep, nuint aRow, ref T b, nuint bStep, nuint length, ref T c, nuint cRow)
    {
        Vector256<T> c00 = Load(ref c, 0), c01 = Load(ref c, Half);
        Vector256<T> c10 = Load(ref c, cRow), c11 = Load(ref c, cRow + Half);
        Vector256<T> c20 = Load(ref c, 2 * cRow), c21 = Load(ref c, 2 * cRow + Half);
        Vector256<T> c30 = Load(ref c, 3 * cRow), c31 = Load(ref c, 3 * cRow + Half);
        Vector256<T> c40 = Load(ref c, 4 * cRow), c41 = Load(ref c, 4 * cRow + Half);
        Vector256<T> c50 = Load(ref c, 5 * cRow), c51 = Load(ref c, 5 * cRow + Half);
        ref T a3 = ref Unsafe.Add(ref a, 3 * aRow);
        for (nuint p = length; p > 0; p--)
        {
            Vector256<T> b0 = Load(ref b, 0), b1 = Load(ref b, Half), x = Vector256.Create(a);
            (c00, c01) = (Fma(x, b0, c00), Fma(x, b1, c01));
            x = Vector256.Create(Unsafe.Add(ref a, aRow));
            (c10, c11) = (Fma(x, b0, c10), Fma(x, b1, c11));
            x = Vector256.Create(Unsafe.Add(ref a, 2 * aRow));
            (c20, c21) = (Fma(x, b0, c20), Fma(x, b1, c21));
            x = Vector256.Create(a3);
            (c30, c31) = (Fma(x, b0, c30), Fma(x, b1, c31));
            x = Vector256.Create(Unsafe.Add(ref a3, aRow));
            (c40, c41) = (Fma(x, b0, c40), Fma(x, b1, c41));
            x = Vector256.Create(Unsafe.Add(ref a3, 2 * aRow));
            (c50, c51) = (Fma(x, b0, c50), Fma(x, b1, c51));
            a = ref Unsafe.Add(ref a, aStep);
            a3 = ref Unsafe.Add(ref a3, aStep);
            b = ref Unsafe.Add(ref b, bStep);
        }
        Store(c00, c01, ref c);
        Store(c10, c11, ref Unsafe.Add(ref c, cRow));
        Store(c20, c21, ref Unsafe.Add(ref c, 2 * cRow));
        Store(c30, c31, ref Unsafe.Add(ref c, 3 * cRow));
        Store(c40, c41, ref Unsafe.Add(ref c, 4 * cRow));
        Store(c50, c51, ref Unsafe.Add(ref c, 5 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Load(ref T from, nuint at) => Vector256.LoadUnsafe(ref from, at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector256<T> low, Vector256<T> high, ref T to)
    {
        low.StoreUnsafe(ref to);
        high.StoreUnsafe(ref to, Half);
    }

    // There is no generic one; the branch is decided when the method is compiled.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<T> Fma(Vector256<T> x, Vector256<T> y, Vector256<T> z) => typeof(T) == typeof(float)
        ? Vector256.FusedMultiplyAdd(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
        : Vector256.FusedMultiplyAdd(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();
}
