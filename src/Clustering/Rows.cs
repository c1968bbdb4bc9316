using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering;

/// <summary>A matrix of float32 rows [N,D], row-major, over memory that is not copied.</summary>
public readonly struct Rows : IRows
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

    /// <summary>Copies of the rows of the given indices, in that order.</summary>
    internal Rows Take(int[] indices)
    {
        var values = new float[indices.Length * Width];
        for (int i = 0; i < indices.Length; i++)
        {
            this[indices[i]].CopyTo(values.AsSpan(i * Width));
        }
        return new Rows(values, Width);
    }

    /// <summary>The rows, each divided by its length; rows of zeros stay. [N,D].</summary>
    internal float[] Unit()
    {
        float[] values = Values.ToArray();
        for (int row = 0; row < Count; row++)
        {
            Span<float> own = values.AsSpan(row * Width, Width);
            float scale = 1 / MathF.Max(1e-12f, MathF.Sqrt(VectorKernels.Dot(own, own)));
            foreach (ref float value in own)
            {
                value *= scale;
            }
        }
        return values;
    }

    float IRows.Divisor => 1;

    ReadOnlySpan<float> IRows.Block(int first, int count) => Values.Span.Slice(first * Width, count * Width);

    bool IRows.HasBytes => false;

    ReadOnlySpan<byte> IRows.Bytes(int row, out int first) => throw new NotSupportedException("These rows are no bytes.");

    void IRows.Read(int row, int column, Span<float> to) => this[row].Slice(column, to.Length).CopyTo(to);

    void IRows.Prefetch(int row) => VectorKernels.Prefetch(System.Runtime.InteropServices.MemoryMarshal.AsBytes(this[row]));

    void IRows.Check() => Check();

    /// <summary>Throws when there is no row, or a number is not finite.</summary>
    /// <exception cref="ArgumentException">Names the first bad row and column.</exception>
    internal void Check()
    {
        RequireAny(Count);
        ReadOnlySpan<float> values = Values.Span;
        if (VectorKernels.AreFinite(values))
        {
            return;
        }
        int at = 0;
        while (float.IsFinite(values[at]))
        {
            at++;
        }
        throw new ArgumentException($"Row {at / Width}, column {at % Width} is "
            + $"{values[at].ToString(System.Globalization.CultureInfo.InvariantCulture)}; expected finite numbers.");
    }

    internal static void RequireAny(int count)
    {
        if (count == 0)
        {
            throw new ArgumentException("There are no rows; expected at least 1.");
        }
    }

    internal static void RequireRoom(string name, long rows, long columns)
    {
        if (rows * columns > Array.MaxLength)
        {
            throw new ArgumentException($"'{name}' = {columns} for {rows} rows takes {rows * columns} numbers, more than the "
                + $"{Array.MaxLength} that fit into memory at once; fit a part of the rows, or fewer clusters.", name);
        }
    }

    /// <summary>Throws where there is no row among all ranks, a rank's range is none, or a number is not finite.</summary>
    internal static void Require<TRows>(TRows rows, IRanks? ranks) where TRows : struct, IRows
    {
        if (ranks is null || rows.Count > 0)
        {
            rows.Check();
        }
        if (ranks is { FirstRow: var first, RowCount: var all } && (first % IRanks.PartRows != 0 || first + rows.Count > all || all == 0
            || (rows.Count % IRanks.PartRows != 0 && first + rows.Count < all)))
        {
            throw new ArgumentException($"A rank must have whole parts of {IRanks.PartRows} rows of at least 1 row in all, "
                + $"had rows {first} to {first + rows.Count} of {all}.", nameof(ranks));
        }
    }

    internal static void RequireClusterCount(int clusterCount, long rowCount)
    {
        if (clusterCount < 1 || clusterCount > rowCount)
        {
            throw new ArgumentOutOfRangeException(nameof(clusterCount),
                $"'{nameof(clusterCount)}' must be in [1..{rowCount}], the number of rows, was {clusterCount}.");
        }
    }
}
