namespace Toolchain.Clustering.Kernels;

/// <summary>
/// Rows [K,D] turned into panels of 16 columns, [K/16,D,16], as <see cref="Tile{T}"/> reads them; the last panel is filled up with zeros.
/// </summary>
sealed class Panels
{
    /// <summary>Columns of a panel.</summary>
    public const int Columns = 16;

    readonly float[] values;
    readonly int width;

    public Panels(ReadOnlySpan<float> rows, int width)
    {
        this.width = width;
        int count = rows.Length / width;
        Count = (count + Columns - 1) / Columns;
        values = new float[Count * width * Columns];
        for (int row = 0; row < count; row++)
        {
            int panel = row / Columns * width * Columns + row % Columns;
            for (int i = 0; i < width; i++)
            {
                values[panel + i * Columns] = rows[row * width + i];
            }
        }
    }

    /// <summary>Number of panels.</summary>
    public int Count { get; }

    /// <summary>Number of rows, those that fill the last panel included.</summary>
    public int PaddedCount => Count * Columns;

    /// <summary>
    /// Inner products of <paramref name="rows"/> [n,D] with the rows of one panel into <paramref name="products"/>, n rows <paramref
    /// name="stride"/> apart.
    /// </summary>
    /// <param name="rows">Rows; n must be a multiple of <see cref="Tile{T}.Height"/>.</param>
    /// <param name="panel">Index of the panel.</param>
    /// <param name="products">Where the first row's 16 products go.</param>
    /// <param name="stride">Distance of the next row's.</param>
    public void Multiply(ReadOnlySpan<float> rows, int panel, Span<float> products, int stride)
    {
        ReadOnlySpan<float> columns = values.AsSpan(panel * width * Columns, width * Columns);
        for (int row = 0; row < rows.Length / width; row += Tile<float>.Height)
        {
            for (int i = 0; i < Tile<float>.Height; i++)
            {
                products.Slice((row + i) * stride, Columns).Clear();
            }
            Tile<float>.MultiplyAdd(
                ref System.Runtime.InteropServices.MemoryMarshal.GetReference(rows[(row * width)..]), 1, (nuint)width,
                ref System.Runtime.InteropServices.MemoryMarshal.GetReference(columns), Columns, (nuint)width,
                ref products[row * stride], (nuint)stride);
        }
    }

    /// <summary>Inner products with all panels, [n,PaddedCount].</summary>
    public void Multiply(ReadOnlySpan<float> rows, Span<float> products)
    {
        for (int panel = 0; panel < Count; panel++)
        {
            Multiply(rows, panel, products[(panel * Columns)..], PaddedCount);
        }
    }
}
