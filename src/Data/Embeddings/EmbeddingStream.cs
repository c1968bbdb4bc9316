using System.Diagnostics.CodeAnalysis;

namespace Toolchain.Data.Embeddings;

/// <summary>How rows go through a pipe.</summary>
public enum StreamFormat
{
    /// <summary>An object of JSON a line: name, then embedding, cluster, digit, novelty and probability; or name and error.</summary>
    Ndjson,

    /// <summary>An Arrow IPC stream: the same columns, null in a row that has an error, and the column error, null in the others.</summary>
    Arrow,
}

/// <summary>
/// Writes a row for every image to a pipe, in order, also for an image that cannot be read: its row has the error in the place of values.
/// </summary>
public abstract class EmbeddingStream : IDisposable
{
    private protected EmbeddingStream(Stream output, EmbeddingColumns columns) => (Output, Columns) = (output, columns);

    private protected Stream Output { get; }

    private protected EmbeddingColumns Columns { get; }

    /// <summary>Starts a stream.</summary>
    /// <param name="format">Of the rows.</param>
    /// <param name="output">Gets them; flushed after each batch, not disposed.</param>
    /// <param name="columns">What is written beside the name; labels are not.</param>
    [SuppressMessage("Reliability", "CA2000", Justification = "The caller disposes what it gets.")]
    public static EmbeddingStream Create(StreamFormat format, Stream output, EmbeddingColumns columns)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(columns);
        return format == StreamFormat.Arrow ? new ArrowRows(output, columns) : new JsonRows(output, columns);
    }

    /// <summary>Writes neighbouring rows.</summary>
    /// <param name="rows">M rows; the values of a row with an error mean nothing.</param>
    /// <param name="errors">M errors, null for a row that has none.</param>
    /// <exception cref="IOException">The reader has gone, or the disk behind it is full.</exception>
    public void Write(EmbeddingRows rows, ReadOnlySpan<string?> errors)
    {
        Append(rows, errors);
        Output.Flush();
    }

    /// <summary>Ends the stream.</summary>
    /// <exception cref="IOException">As in <see cref="Write"/>.</exception>
    public void End()
    {
        Finish();
        Output.Flush();
    }

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    private protected abstract void Append(EmbeddingRows rows, ReadOnlySpan<string?> errors);

    private protected virtual void Finish()
    {
    }
}
