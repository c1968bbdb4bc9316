namespace Toolchain.Clustering;

/// <summary>A matrix of float32 rows [N,D], row-major, over memory that is not copied.</summary>
public readonly struct Rows
{
    /// <summary>Rows of <paramref name="width"/> numbers each.</summary>
    /// <exception cref="ArgumentException">The length is no multiple of the width, or the width is below 1.</exception>
    public Rows(ReadOnlyMemory<float> values, int width)
    {
        if (width < 1 || values.Length % width != 0)
        {
            throw new ArgumentException($"{values.Length} numbers cannot be rows of '{nameof(width)}' = {width}.", nameof(width));
        }
        (Values, Width) = (values, width);
    }

    /// <summary>All numbers, row after row.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>Numbers per row (D).</summary>
    public int Width { get; }

    /// <summary>Number of rows (N).</summary>
    public int Count => Values.Length / Width;

    /// <summary>The row at <paramref name="index"/>, 0-based.</summary>
    public ReadOnlySpan<float> this[int index] => Values.Span.Slice(index * Width, Width);

    /// <summary>Rows of bytes as float32, each divided by <paramref name="divisor"/>.</summary>
    public static Rows FromBytes(ReadOnlySpan<byte> bytes, int width, float divisor = 255)
    {
        var values = new float[bytes.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = bytes[i] / divisor;
        }
        return new Rows(values, width);
    }

    /// <summary>Throws when there is no row, or a number is not finite.</summary>
    /// <exception cref="ArgumentException">Names the first bad row and column.</exception>
    internal void Check()
    {
        if (Count == 0)
        {
            throw new ArgumentException("There are no rows; expected at least 1.");
        }
        ReadOnlySpan<float> values = Values.Span;
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new ArgumentException($"Row {i / Width}, column {i % Width} is {values[i].ToString(System.Globalization.CultureInfo.InvariantCulture)}; expected finite numbers.");
            }
        }
    }

    internal void CheckClusterCount(int clusterCount)
    {
        if (clusterCount < 1 || clusterCount > Count)
        {
            throw new ArgumentOutOfRangeException(nameof(clusterCount), $"'{nameof(clusterCount)}' must be in [1..{nameof(Rows)}.{nameof(Count)}={Count}], was {clusterCount}.");
        }
    }
}
