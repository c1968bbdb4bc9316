using Toolchain.Clustering.Neighbours;

namespace Toolchain.Clustering.Tests;

public sealed class ByteCosinesTests
{
    [Fact]
    public void Cosine_Bytes_ByHand() // the third known row is 0; of two equal cosines the lower index comes first
    {
        var known = new ByteRows(new byte[] { 1, 0, 0, 0, 5, 0, 0, 0, 0, 3, 0, 3, 7, 0, 0 }, 3);
        (_, int[] indices, float[] cosines) = NeighbourSearch.Cosine(new ByteRows(new byte[] { 2, 0, 0 }, 3), known, 5);
        Assert.Equal([0, 4, 3, 1, 2], indices);
        Assert.Equal([1, 1, 1 / MathF.Sqrt(2), 0, 0], cosines);
    }

    // Odd widths end in half a pair, and the last panel is partly empty; all of the last case are 255, the largest products.
    [Theory]
    [InlineData(1, 70, 4)]
    [InlineData(13, 1111, 200)]
    [InlineData(785, 333, 30)]
    [InlineData(3072, 40, 255)]
    public void Cosine_Bytes_AreThoseOfWholeProducts(int width, int count, int least)
    {
        ByteRows queries = Drawn(300, width, least, 1), known = Drawn(count, width, least, 2);
        (_, int[] indices, float[] cosines) = NeighbourSearch.Cosine(queries, known, 20);
        for (int query = 0; query < queries.Count; query++)
        {
            float[] scores = [.. Enumerable.Range(0, count).Select(row => Product(queries, query, known, row) * Inverse(known, row))];
            int[] best = [.. Enumerable.Range(0, count).OrderByDescending(row => scores[row]).ThenBy(row => row).Take(20)];
            Assert.Equal(best, indices[(query * 20)..(query * 20 + 20)]);
            Assert.Equal(best.Select(row => scores[row] * Inverse(queries, query)), cosines[(query * 20)..(query * 20 + 20)]);
        }
    }

    [Fact]
    public void Cosine_BytesByAnyThreadCount_GivesTheSameBits()
    {
        ByteRows queries = Drawn(600, 50, 100, 1), known = Drawn(900, 50, 100, 2);
        NeighbourTable[] tables = [.. new[] { 1, 2, 4 }.Select(threads => NeighbourSearch.Cosine(queries, known, 7, threads))];
        Assert.All(tables, table => Assert.Equal(tables[0].Indices, table.Indices));
        Assert.All(tables, table => Assert.Equal(tables[0].Values, table.Values));
    }

    [Fact]
    public void Cosine_BytesTooWideForWholeProducts_AreThoseOfFloats()
    {
        ByteRows queries = Drawn(2, 40_000, 255, 1), known = Drawn(3, 40_000, 100, 2);
        NeighbourTable bytes = NeighbourSearch.Cosine(queries, known, 3);
        NeighbourTable floats = NeighbourSearch.Cosine(queries.ToRows(), known.ToRows(), 3);
        Assert.Equal(floats.Indices, bytes.Indices);
        Assert.Equal(floats.Values, bytes.Values);
    }

    [Fact]
    public void Cosine_BytesOfOtherWidths_AreRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => NeighbourSearch.Cosine(Drawn(2, 3, 9, 1), Drawn(2, 4, 9, 1), 1));
        Assert.StartsWith("'queries' must have width 4, was 3.", error.Message, StringComparison.Ordinal);
    }

    // Three of four bytes are 0 where the least is below 255.
    static ByteRows Drawn(int count, int width, int least, int seed)
    {
        var random = new Random(seed);
        return new ByteRows(Enumerable.Range(0, count * width)
            .Select(_ => (byte)(least < 255 && random.Next(4) > 0 ? 0 : random.Next(least, 256))).ToArray(), width);
    }

    static float Product(ByteRows a, int row, ByteRows b, int other)
    {
        long product = 0;
        for (int i = 0; i < a.Width; i++)
        {
            product += a.Values.Span[row * a.Width + i] * b.Values.Span[other * b.Width + i];
        }
        return product;
    }

    static float Inverse(ByteRows rows, int row) => (float)(1 / Math.Sqrt(Math.Max(1, (double)Product(rows, row, rows, row))));
}
