using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>Centres rounded to whole numbers of 16 bits after scaling, for products with bytes that are exact in themselves.</summary>
sealed class RoundedCentres
{
    readonly short[] values;
    readonly int width;
    readonly double scale;

    public RoundedCentres(ReadOnlySpan<float> centres, int width)
    {
        this.width = width;
        int limit = ByteProducts.Limit(width);
        // Means of bytes are bytes at most; a power of two scales without rounding. Centres beyond are cut off, which the error shows.
        scale = Math.Max(1, Math.Pow(2, Math.Floor(Math.Log2((double)limit / byte.MaxValue))));
        values = new short[centres.Length];
        for (int first = 0; first < centres.Length; first += width)
        {
            double square = Round(centres.Slice(first, width), (float)scale, limit, values.AsSpan(first, width));
            // Rounded up by more than float32 may have lost.
            Error = Math.Max(Error, (float)(Math.Sqrt(square) * (1 + 1e-6 * (width / 8 + 10))));
        }
    }

    // Whole numbers nearest to the scaled ones; gives the squared length of what that changed.
    static double Round(ReadOnlySpan<float> centre, float scale, int limit, Span<short> rounded)
    {
        (Vector256<float> least, Vector256<float> most) = (Vector256.Create((float)-limit), Vector256.Create((float)limit));
        Vector256<float> squares = default;
        int i = 0;
        for (; i + 16 <= centre.Length; i += 16)
        {
            Vector256<float> low = Vector256.Create(centre[i..]), high = Vector256.Create(centre[(i + 8)..]);
            Vector256<float> a = Vector256.Min(most, Vector256.Max(least, Vector256.Round(low * scale))),
                b = Vector256.Min(most, Vector256.Max(least, Vector256.Round(high * scale)));
            Vector256.Narrow(Vector256.ConvertToInt32(a), Vector256.ConvertToInt32(b)).CopyTo(rounded[i..]);
            (low, high) = (low - a / scale, high - b / scale);
            squares += low * low + high * high;
        }
        double square = Vector256.Sum(squares);
        for (; i < centre.Length; i++)
        {
            rounded[i] = (short)Math.Clamp(MathF.Round(centre[i] * scale), -limit, limit);
            float difference = centre[i] - rounded[i] / scale;
            square += difference * difference;
        }
        return square;
    }

    /// <summary>Length of the longest difference between a centre and the rounded one.</summary>
    public float Error { get; }

    /// <summary>Inner products of a row with two rounded centres, off by at most its length times <see cref="Error"/>.</summary>
    /// <param name="row">The bytes from column <paramref name="column"/> on; those before and after are 0.</param>
    /// <param name="column">Where the row begins.</param>
    /// <param name="first">Index of a centre.</param>
    /// <param name="second">Index of another.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (double First, double Second) Dot(ReadOnlySpan<byte> row, int column, int first, int second)
    {
        (double a, double b) = ByteProducts.Dot(row, values.AsSpan(first * width + column, row.Length),
            values.AsSpan(second * width + column, row.Length));
        return (a / scale, b / scale);
    }
}
