using System.Runtime.InteropServices;
using System.Text;
using Toolchain.Data.Npy;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Embeddings;

/// <summary>An .npy file of embeddings and beside it its names and an .npy file for each other column.</summary>
sealed class EmbeddingNpy : EmbeddingWriter
{
    // What NpyHeader.Write makes for any count, so that the count can be put in at the end.
    const int HeaderBytes = 128;

    readonly StreamWriter names;
    readonly List<Column> columns = [];
    readonly string[] obsolete;

    /// <param name="path">
    /// The embeddings, or the clusters where there are no embeddings; what stands beside is called like it with its own ending.
    /// </param>
    /// <param name="columns">The table's columns.</param>
    public EmbeddingNpy(string path, EmbeddingColumns columns) : base(columns)
    {
        string stem = Path.ChangeExtension(path, null), beside = $"{stem}.clusters.npy";
        bool embedded = columns.Dimension > 0;
        // The main file comes first here, so it is put in place last: where it is, what belongs to it is there too.
        ColumnFile[] all =
        [
            new(path, TensorKind.Float32, columns.Dimension, embedded, (file, rows) =>
                file.Write(MemoryMarshal.AsBytes(rows.Embeddings.Span))),
            new(embedded ? beside : path, TensorKind.Int64, 0, columns.HasClusters, (file, rows) =>
                file.Write(MemoryMarshal.AsBytes(rows.Clusters.Span))),
            new($"{stem}.digits.npy", TensorKind.Int64, 0, columns.HasDigits, (file, rows) =>
                file.Write(MemoryMarshal.AsBytes(columns.DigitsOf(rows.Clusters.Span).AsSpan()))),
            new($"{stem}.novelty.npy", TensorKind.Float32, 0, columns.HasNovelty, (file, rows) =>
                file.Write(MemoryMarshal.AsBytes(rows.Novelty.Span))),
            new($"{stem}.probabilities.npy", TensorKind.Float32, columns.ClusterCount, columns.ClusterCount > 0, (file, rows) =>
                file.Write(MemoryMarshal.AsBytes(rows.Probabilities.Span))),
            new($"{stem}.labels.npy", columns.HasWideLabels ? TensorKind.Int64 : TensorKind.UInt8, 0, columns.HasLabels, (file, rows) =>
                file.Write(columns.HasWideLabels ? MemoryMarshal.AsBytes(EmbeddingColumns.Wide(rows.Labels.Span).AsSpan())
                    : EmbeddingColumns.Narrow(rows.Labels.Span))),
        ];
        foreach (ColumnFile file in all.Where(column => column.Present))
        {
            var column = new Column(Files.Add(file.Path), file);
            column.Stream.Write(new byte[HeaderBytes]);
            this.columns.Add(column);
        }
        names = new StreamWriter(Files.Add($"{stem}.names.txt"), new UTF8Encoding(false), leaveOpen: true);
        // A neighbour left by an earlier table would be taken for this one's.
        obsolete = [.. all.Where(column => !column.Present).Select(column => column.Path).Append(embedded ? path : beside)
            .Where(file => file != path)];
    }

    /// <summary>The files that are written, or taken away, beside an .npy.</summary>
    public static string[] Beside(string path) =>
        Array.ConvertAll(["clusters.npy", "digits.npy", "novelty.npy", "probabilities.npy", "labels.npy", "names.txt"],
            ending => Path.ChangeExtension(path, ending));

    // Of shape [N], or [N,Width] where the width is not 0.
    sealed record ColumnFile(string Path, TensorKind Kind, int Width, bool Present, Action<Stream, EmbeddingRows> Write);

    sealed record Column(FileStream Stream, ColumnFile File);

    private protected override void Append(EmbeddingRows rows)
    {
        foreach (Column column in columns)
        {
            column.File.Write(column.Stream, rows);
        }
        foreach (string name in rows.Names.Span)
        {
            names.Write(Printable.Line(name));
            names.Write('\n');
        }
    }

    private protected override void End()
    {
        foreach (Column column in columns)
        {
            long[] shape = column.File.Width > 0 ? [Count, column.File.Width] : [Count];
            column.Stream.Position = 0;
            column.Stream.Write(NpyHeader.Write(column.File.Kind, shape));
        }
        names.Flush();
        Files.Commit(obsolete);
    }
}
