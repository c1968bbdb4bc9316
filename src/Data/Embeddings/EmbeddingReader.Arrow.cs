using Toolchain.Data.Arrow;

namespace Toolchain.Data.Embeddings;

/// <summary>Embeddings from an Arrow IPC file.</summary>
static partial class EmbeddingReader
{
    static EmbeddingTable FromArrow(FileStream file, string path, long mostInMemory)
    {
        try
        {
            var table = new ArrowTable(file);
            using var values = new FloatSpool(mostInMemory);
            foreach (float[] batch in table.Floats("embedding") ?? throw new InvalidDataException(
                "expected a column 'embedding' of lists of float32, all of one length, found none; write the table with 'uvl embed'"))
            {
                RequireRoom(path, values.Count + batch.Length);
                values.Add(batch);
            }
            int rows = (int)(values.Count / table.WidthOf("embedding"));
            int[]? labels = table.Integers("label")?.Select(label => (int)Math.Clamp(label, 0, int.MaxValue)).ToArray();
            (ReadOnlyMemory<float> embeddings, IDisposable? owner) = values.Finish();
            return Table(path, new(embeddings, rows) { Owner = owner, Labels = labels, Clusters = table.Integers("cluster") });
        }
        // A message that starts with a quote has the path already.
        catch (InvalidDataException damaged) when (!damaged.Message.StartsWith('\''))
        {
            throw new InvalidDataException($"'{path}': {damaged.Message}.", damaged);
        }
    }
}
