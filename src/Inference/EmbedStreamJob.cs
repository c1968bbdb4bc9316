using System.Globalization;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Streams;

namespace Toolchain.Inference;

/// <summary>
/// Embeds images that come through a pipe and writes a row for each to another, in their order and in constant memory: what a pipeline of
/// others, such as Spark's, calls for its partitions. A row does not depend on the images around it. Where the reader of the rows is slow,
/// no more images are read.
/// </summary>
public static class EmbedStreamJob
{
    /// <summary>Embeds all images of a source.</summary>
    /// <param name="session">The model.</param>
    /// <param name="source">The images, opened with <see cref="Data.ImageSourceOptions.IsStreaming"/>; may be none.</param>
    /// <param name="format">Of the rows.</param>
    /// <param name="output">Gets the rows, after each batch (<see cref="EncoderSession.RowsPerBatch"/> images).</param>
    /// <param name="options">What is written; an image that cannot be read always has a row, with its error.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="ArgumentException">As in <see cref="EmbedJob.Run"/>.</exception>
    /// <exception cref="InvalidDataException">The source as a whole is damaged, such as a truncated archive; some rows
    /// before the damage may be missing.</exception>
    /// <exception cref="IOException">The reader of the rows has gone.</exception>
    public static EmbedReport Run(EncoderSession session, ImageStream source, StreamFormat format, Stream output,
        EmbedOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(source);
        options ??= new();
        EmbeddingColumns columns = EmbedJob.ColumnsOf(session, source, options) with { HasLabels = false, HasWideLabels = false };
        var tally = new EmbedTally(options, source.Count);
        using var rows = EmbeddingStream.Create(format, output, columns);
        session.Run(source, long.MaxValue, slot =>
        {
            cancellation.ThrowIfCancellationRequested();
            int count = slot.Images.Count;
            rows.Write(new(Names(slot.Images), slot.Embedding.AsMemory(0, count * columns.Dimension), default,
                slot.Cluster.AsMemory(0, columns.HasClusters ? count : 0), slot.Probability.AsMemory(0, count * columns.ClusterCount),
                slot.Scores(columns.HasNovelty ? session.Novelty : null)), slot.Images.Problems.AsSpan(0, count));
            tally.Add(slot.Rows(columns, session.Novelty));
        }, cancellation, isEndless: true);
        rows.End();
        return new(tally.Rows, 0, tally.Skipped, tally.Fitted, tally.Inverted, session.Novelty is null ? null : tally.Foreign);
    }

    static string[] Names(ImageBatch images) => [.. Enumerable.Range(0, images.Count).Select(row =>
        images.Names[row] ?? (images.First + row).ToString(CultureInfo.InvariantCulture))];
}
