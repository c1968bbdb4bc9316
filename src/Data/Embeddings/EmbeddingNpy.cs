using System.Text;

namespace Toolchain.Data;

static class EmbeddingNpy
{
    public static void Write(string path, EmbeddingTable table)
    {
        string stem = Path.ChangeExtension(path, null);
        int broken = Array.FindIndex(table.Names, name => name.AsSpan().IndexOfAny('\n', '\r') >= 0);
        if (broken >= 0)
        {
            throw new InvalidDataException($"'{path}': row {broken}: expected a name without line breaks, found '{table.Names[broken].ReplaceLineEndings("\\n")}'; write .csv or .parquet.");
        }
        (string Path, TensorEntry? Tensor)[] columns =
        [
            ($"{stem}.labels.npy", table.Labels is { } labels ? TensorEntry.Of<byte>(labels, table.Count) : null),
            ($"{stem}.clusters.npy", table.Clusters is { } clusters ? TensorEntry.Of<long>(clusters, table.Count) : null),
            ($"{stem}.probabilities.npy", table.Probabilities is { } probabilities ? TensorEntry.Of<float>(probabilities, table.Count, table.ClusterCount) : null),
            (path, TensorEntry.Of<float>(table.Embeddings, table.Count, table.Dimension)),
        ];
        byte[] names = Encoding.UTF8.GetBytes(string.Concat(table.Names.Select(name => name + "\n")));
        // The embeddings come last: where they are, what belongs to them is there too.
        AtomicFile.WriteAll([($"{stem}.names.txt", stream => stream.Write(names)), .. columns.Where(column => column.Tensor is not null).Select(column => (column.Path, Npy.Writer(column.Tensor!)))]);
        // A neighbour left by an earlier table would be taken for this one's.
        foreach ((string left, _) in columns.Where(column => column.Tensor is null))
        {
            File.Delete(left);
        }
    }
}
