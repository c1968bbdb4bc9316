using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>
/// Without bounds, which would not fit into memory: each row meets all centres, as a product of matrices with the least of each row kept
/// beside it. A row takes the memory of its label.
/// </summary>
sealed partial class NearestCentres<TRows>
{
    /// <summary>Bounds of more numbers (512 MB) are not kept.</summary>
    public const long MostBounds = 1 << 27;

    readonly bool isDirect;

    void UpdateDirectly(float[] centres)
    {
        var panels = new Panels(centres, rows.Width);
        // Centres that only fill the last panel never win.
        float[] offsets = [.. Enumerable.Range(0, panels.PaddedCount)
            .Select(k => k < count ? VectorKernels.Dot(Centre(k), Centre(k)) : float.PositiveInfinity)];
        Chunks.ForEach(rows.Count, threads, (_, first, end) =>
        {
            int width = rows.Width, height = Tile<float>.Height, padded = (end - first + height - 1) / height * height;
            float[] block = ArrayPool<float>.Shared.Rent(padded * width);
            for (int row = first; row < end; row++)
            {
                rows.Read(row, 0, block.AsSpan((row - first) * width, width));
            }
            block.AsSpan((end - first) * width, (padded - (end - first)) * width).Clear();
            Span<int> found = stackalloc int[height];
            for (int row = 0; row < padded; row += height)
            {
                Nearest(panels, offsets, block.AsSpan(row * width, height * width), found);
                found[..Math.Min(height, end - first - row)].CopyTo(Labels.AsSpan(first + row));
            }
            ArrayPool<float>.Shared.Return(block);
        });
    }

    // The centres of the least |c|^2 - 2xc of a tile's rows [6,D]; of equal ones the first.
    static void Nearest(Panels panels, float[] offsets, ReadOnlySpan<float> rows, Span<int> found)
    {
        const int Lanes = Panels.Columns;
        Span<float> products = stackalloc float[found.Length * Lanes], least = stackalloc float[products.Length];
        Span<int> nearest = stackalloc int[products.Length];
        least.Fill(float.PositiveInfinity);
        nearest.Clear();
        ref float product = ref MemoryMarshal.GetReference(products), best = ref MemoryMarshal.GetReference(least);
        ref int at = ref MemoryMarshal.GetReference(nearest);
        for (int panel = 0; panel < panels.Count; panel++)
        {
            panels.Multiply(rows, panel, products, Lanes);
            var index = Vector256.Create(panel);
            for (int i = 0; i < products.Length; i += vectorSize)
            {
                Vector256<float> score = Vector256.LoadUnsafe(ref offsets[panel * Lanes + i % Lanes])
                    - Vector256.Create(2f) * Vector256.LoadUnsafe(ref product, (nuint)i), known = Vector256.LoadUnsafe(ref best, (nuint)i);
                Vector256<float> less = Vector256.LessThan(score, known);
                Vector256.ConditionalSelect(less, score, known).StoreUnsafe(ref best, (nuint)i);
                Vector256.ConditionalSelect(less.AsInt32(), index, Vector256.LoadUnsafe(ref at, (nuint)i)).StoreUnsafe(ref at, (nuint)i);
            }
        }
        for (int row = 0; row < found.Length; row++)
        {
            int first = row * Lanes, lane = 0;
            for (int other = 1; other < Lanes; other++)
            {
                float difference = least[first + other] - least[first + lane];
                bool isNearer = difference < 0 || (difference == 0 && nearest[first + other] < nearest[first + lane]);
                lane = isNearer ? other : lane;
            }
            found[row] = nearest[first + lane] * Lanes + lane;
        }
    }
}
