namespace Toolchain.Data;

static class EmbeddingNpy
{
    // The embeddings come last: where they are, what belongs to them is there too.
    public static void Write(string path, EmbeddingTable table)
    {
        string stem = Path.ChangeExtension(path, null);
        int broken = Array.FindIndex(table.Names, name => name.AsSpan().IndexOfAny('\n', '\r') >= 0);
        if (broken >= 0)
        {
            throw new InvalidDataException($"'{path}': row {broken}: expected a name without line breaks, found '{table.Names[broken].ReplaceLineEndings("\\n")}'; write .csv or .parquet.");
        }
        AtomicFile.WriteText($"{stem}.names.txt", string.Concat(table.Names.Select(name => name + "\n")));
        WriteOrDelete($"{stem}.labels.npy", table.Labels is { } labels ? TensorEntry.Of<byte>(labels, table.Count) : null);
        WriteOrDelete($"{stem}.clusters.npy", table.Clusters is { } clusters ? TensorEntry.Of<long>(clusters, table.Count) : null);
        WriteOrDelete($"{stem}.probabilities.npy", table.Probabilities is { } probabilities ? TensorEntry.Of<float>(probabilities, table.Count, table.ClusterCount) : null);
        Npy.Write(path, TensorEntry.Of<float>(table.Embeddings, table.Count, table.Dimension));
    }

    // A neighbour left by an earlier table would be taken for this one's.
    static void WriteOrDelete(string path, TensorEntry? tensor)
    {
        if (tensor is null)
        {
            File.Delete(path);
            return;
        }
        Npy.Write(path, tensor);
    }
}
