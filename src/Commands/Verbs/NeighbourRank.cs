using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;
using Toolchain.Commands.Ranks;
using Toolchain.Data.Embeddings;
using Toolchain.Inference;

namespace Toolchain.Commands.Verbs;

/// <summary>
/// <c>uvl neighbours VECTORS --each --mode exact --shard i/n --out F.npy</c>: one of several programs that search together. The rows are
/// taken part by part; of each part, every rank has an equal share of the queries, compares them with all rows, and gives the others what
/// it finds. A part is a step, whose result does not depend on the ranks.
/// </summary>
static class NeighbourRank
{
    /// <summary>Searches with the other ranks; rank 0 writes the table.</summary>
    /// <param name="shared">The ranks, and the table (.npy) that they make.</param>
    /// <param name="vectors">The embeddings, or the name of those whose shards there are.</param>
    /// <param name="count">Neighbours per row.</param>
    /// <param name="threads">Threads; 0 takes all processors.</param>
    public static void Run(RankedFit shared, string vectors, int count, int threads)
    {
        (EmbeddingRange read, _) = VectorFile.Read(vectors, new Shard(0, 1));
        using EmbeddingRange held = read;
        if (count < 1 || count > read.RowCount - 1)
        {
            throw new ArgumentException($"--count '{count}': expected 1 to {read.RowCount - 1} for {read.RowCount} rows.");
        }
        string called = string.Create(CultureInfo.InvariantCulture, $"{count} exact neighbours of each row");
        shared.Run("searching", called, vectors, (read, 0), (rows, ranks) =>
        {
            NeighbourTable? found = Find(rows, count, threads, (ranks, shared.Rank));
            var answer = new NeighbourAnswer(new string[rows.Count], found ?? new(count, [], []), null);
            return new(() => answer.Save(shared.Output), () => answer.PrintSaved(shared.Terminal, shared.Output));
        });
    }

    // The whole table in rank 0, which writes it; null in others.
    static NeighbourTable? Find(Rows rows, int count, int threads, (FileRanks All, Shard Own) ranks)
    {
        NeighbourTable? table = ranks.All.IsFirst
            ? new(count, new int[rows.Count * count], new float[rows.Count * count]) : null;
        for (int part = 0; part < rows.Count; part += IRanks.PartRows)
        {
            int length = Math.Min(IRanks.PartRows, rows.Count - part);
            int first = Share(length, ranks.Own.Index, ranks.Own.Count), end = Share(length, ranks.Own.Index + 1, ranks.Own.Count);
            double[] packed = ranks.All.Combine(string.Create(CultureInfo.InvariantCulture, $"neighbours from row {part} on"),
                () => Pack(NeighbourSearch.OfRange(rows, (part + first, end - first), count, threads)),
                all => [.. all.SelectMany(own => own)]);
            for (int i = 0; table is not null && i < packed.Length; i++)
            {
                long pair = BitConverter.DoubleToInt64Bits(packed[i]);
                (table.Indices[part * count + i], table.Values[part * count + i]) =
                    ((int)(pair >> 32), BitConverter.Int32BitsToSingle((int)pair));
            }
        }
        return table;
    }

    static int Share(int length, int index, int count) => (int)((long)length * index / count);

    // Index and distance in the bits of one number.
    static double[] Pack(NeighbourTable found)
    {
        var packed = new double[found.Indices.Length];
        for (int i = 0; i < packed.Length; i++)
        {
            packed[i] = BitConverter.Int64BitsToDouble((long)found.Indices[i] << 32 | BitConverter.SingleToUInt32Bits(found.Values[i]));
        }
        return packed;
    }
}
