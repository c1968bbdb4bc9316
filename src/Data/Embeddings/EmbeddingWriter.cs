namespace Toolchain.Data.Embeddings;

/// <summary>
/// Writes a table of embeddings row by row in constant memory. The bytes depend on the rows alone, not on how they come together. The file
/// is put in place by <see cref="Finish"/>, whole or not at all; disposing before leaves an old file as it was.
/// </summary>
public abstract class EmbeddingWriter : IDisposable
{
    private protected EmbeddingWriter(EmbeddingColumns columns) => Columns = columns;

    /// <summary>The columns.</summary>
    public EmbeddingColumns Columns { get; }

    /// <summary>Rows written so far.</summary>
    public long Count { get; private set; }

    private protected PendingFiles Files { get; } = new();

    /// <summary>Adds rows.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Write(EmbeddingRows rows)
    {
        Append(rows);
        Count += rows.Count;
    }

    /// <summary>Ends the file and puts it in place.</summary>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    /// <exception cref="IOException">The disk is full; no file was made or replaced.</exception>
    public void Finish()
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("a table needs at least one row, had none.");
        }
        End();
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        Files.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract void Append(EmbeddingRows rows);

    /// <summary>Writes what is left and commits <see cref="Files"/>.</summary>
    private protected abstract void End();
}
