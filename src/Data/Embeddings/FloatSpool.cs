using System.Buffers;
using System.Runtime.InteropServices;

namespace Toolchain.Data.Embeddings;

/// <summary>
/// Numbers that come piece by piece. They are kept in memory up to a size, beyond it in an unnamed file in the folder for temporary files,
/// which goes away with the table.
/// </summary>
/// <param name="mostInMemory">Bytes that are kept in memory.</param>
sealed class FloatSpool(long mostInMemory) : IDisposable
{
    readonly List<float> kept = [];
    FileStream? file;

    /// <summary>Numbers so far.</summary>
    public long Count { get; private set; }

    /// <summary>Adds numbers.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Add(ReadOnlySpan<float> values)
    {
        Count += values.Length;
        if (file is null && Count * sizeof(float) > mostInMemory)
        {
            file = new FileStream(Path.Combine(Path.GetTempPath(), $"uvl-{Guid.NewGuid():n}"), FileMode.CreateNew, FileAccess.ReadWrite,
                FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
            file.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(kept)));
            kept.Clear();
            kept.Capacity = 0;
        }
        if (file is null)
        {
            kept.AddRange(values);
        }
        else
        {
            file.Write(MemoryMarshal.AsBytes(values));
        }
    }

    /// <summary>All numbers, and what must be disposed when they are no longer needed; null for nothing.</summary>
    public (ReadOnlyMemory<float> Values, IDisposable? Owner) Finish()
    {
        if (file is null)
        {
            return (kept.ToArray(), null);
        }
        file.Flush();
        IMemoryOwner<float> mapped = new MappedFloats(file, 0, checked((int)Count));
        file = null;
        return (mapped.Memory, mapped);
    }

    /// <summary>Takes an unfinished file away.</summary>
    public void Dispose() => file?.Dispose();
}
