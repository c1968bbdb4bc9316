namespace Toolchain.Clustering;

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
        double unit = 1 / scale;
        values = new short[centres.Length];
        for (int first = 0; first < centres.Length; first += width)
        {
            double square = 0;
            for (int i = first; i < first + width; i++)
            {
                values[i] = (short)Math.Clamp(Math.Round(centres[i] * scale), -limit, limit);
                double difference = centres[i] - values[i] * unit;
                square += difference * difference;
            }
            // Rounded up by more than float64 may have lost.
            Error = Math.Max(Error, (float)(Math.Sqrt(square) * (1 + 1e-6)));
        }
    }

    /// <summary>Length of the longest difference between a centre and the rounded one.</summary>
    public float Error { get; }

    /// <summary>Inner products of a row with two rounded centres, off by at most its length times <see cref="Error"/>.</summary>
    /// <param name="row">The bytes from column <paramref name="column"/> on; those before and after are 0.</param>
    /// <param name="column">Where the row begins.</param>
    /// <param name="first">Index of a centre.</param>
    /// <param name="second">Index of another.</param>
    public (double First, double Second) Dot(ReadOnlySpan<byte> row, int column, int first, int second)
    {
        (double a, double b) = ByteProducts.Dot(row, values.AsSpan(first * width + column, row.Length), values.AsSpan(second * width + column, row.Length));
        return (a / scale, b / scale);
    }
}
