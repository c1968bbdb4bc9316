using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace Toolchain.Data.Embeddings;

/// <summary>
/// Embeddings in the order in which they were made, in a file that can be cut anywhere: what a killed run leaves behind to go on from, and
/// what one shard hands to the merge. Layout, little-endian: "UVLROWS4", then records of length (4 bytes), CRC-32 (4) and payload; the
/// first payload is the identity as UTF-8.
/// </summary>
public sealed class RowLog : IDisposable
{
    // Of a record: no damaged length makes a reader ask for more memory.
    const int MostPayloadBytes = 1 << 28;

    readonly FileStream file;
    readonly EmbeddingColumns columns;
    readonly MemoryStream payload = new();

    RowLog(FileStream file, EmbeddingColumns columns) => (this.file, this.columns) = (file, columns);

    static ReadOnlySpan<byte> Magic => "UVLROWS4"u8;

    /// <summary>Opens the log of a run, or starts one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="identity">All that the rows depend on; a log of another identity is started anew.</param>
    /// <param name="columns">The table's columns.</param>
    /// <param name="replay">
    /// Gets what an earlier run left, in order, until it wants no more; the rest, and an incomplete last record, are cut off.
    /// </param>
    /// <exception cref="FileInUseException">Another process writes it now.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static RowLog Open(string path, string identity, EmbeddingColumns columns, Predicate<LoggedRows> replay)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        FileStream file = FileInUseException.OpenAlone(path, FileMode.OpenOrCreate, path);
        var log = new RowLog(file, columns);
        try
        {
            if (log.ReadIdentity() != identity)
            {
                file.SetLength(0);
                file.Write(Magic);
                log.WriteRecord(Encoding.UTF8.GetBytes(identity));
                return log;
            }
            long sound = file.Position;
            while (log.ReadRecord() is { } bytes && replay(log.Parse(bytes)))
            {
                sound = file.Position;
            }
            file.SetLength(sound);
            file.Position = sound;
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Reads a finished log.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The table's columns.</param>
    /// <param name="take">Gets its rows in order.</param>
    /// <exception cref="InvalidDataException">The log is damaged.</exception>
    public static void Read(string path, EmbeddingColumns columns, Action<LoggedRows> take)
    {
        using var log = new RowLog(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16), columns);
        bool sound = log.ReadIdentity() is not null;
        while (sound && log.ReadRecord() is { } bytes)
        {
            take(log.Parse(bytes));
        }
        if (!sound || log.file.Position != log.file.Length)
        {
            throw new InvalidDataException($"'{path}': offset {log.file.Position}: expected whole rows of a shard, found others; make this "
                + "shard again.");
        }
    }

    /// <summary>Adds what became of the next images.</summary>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Append(LoggedRows logged)
    {
        payload.SetLength(0);
        using var writer = new BinaryWriter(payload, Encoding.UTF8, leaveOpen: true);
        foreach (int number in (ReadOnlySpan<int>)[logged.SourceCount, logged.FittedCount, logged.InvertedCount, logged.ForeignCount,
            logged.Rows.Count, logged.Skipped.Count])
        {
            writer.Write(number);
        }
        writer.Write(logged.Checksum);
        foreach (string name in logged.Rows.Names.Span)
        {
            writer.Write(name);
        }
        foreach (string line in logged.Skipped)
        {
            writer.Write(line);
        }
        writer.Write(MemoryMarshal.AsBytes(logged.Rows.Embeddings.Span));
        writer.Write(MemoryMarshal.AsBytes(logged.Rows.Labels.Span));
        writer.Write(MemoryMarshal.AsBytes(logged.Rows.Clusters.Span));
        writer.Write(MemoryMarshal.AsBytes(logged.Rows.Probabilities.Span));
        writer.Write(MemoryMarshal.AsBytes(logged.Rows.Novelty.Span));
        writer.Flush();
        WriteRecord(payload.GetBuffer().AsSpan(0, (int)payload.Length));
    }

    /// <summary>Brings all that was added to the disk.</summary>
    public void Flush() => file.Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            file.Dispose();
        }
        catch (Exception error) when (error is IOException or ArgumentOutOfRangeException)
        {
            // The disk is full, or the file as large as it may be: the last records are lost, and made again by the run that goes on.
        }
    }

    string? ReadIdentity()
    {
        Span<byte> magic = stackalloc byte[8];
        return file.ReadAtLeast(magic, 8, throwOnEndOfStream: false) == 8 && magic.SequenceEqual(Magic) && ReadRecord() is { } bytes
            ? Encoding.UTF8.GetString(bytes) : null;
    }

    byte[]? ReadRecord()
    {
        long start = file.Position;
        Span<byte> head = stackalloc byte[8];
        if (file.ReadAtLeast(head, 8, throwOnEndOfStream: false) == 8)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(head);
            if (length >= 0 && length <= Math.Min(MostPayloadBytes, file.Length - file.Position))
            {
                byte[] bytes = new byte[length];
                file.ReadExactly(bytes);
                if (Crc32.HashToUInt32(bytes) == BinaryPrimitives.ReadUInt32LittleEndian(head[4..]))
                {
                    return bytes;
                }
            }
        }
        file.Position = start;
        return null;
    }

    void WriteRecord(ReadOnlySpan<byte> bytes)
    {
        Span<byte> head = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(head, bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Crc32.HashToUInt32(bytes));
        file.Write(head);
        file.Write(bytes);
    }

    LoggedRows Parse(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        int source = reader.ReadInt32(), fitted = reader.ReadInt32(), inverted = reader.ReadInt32(), foreign = reader.ReadInt32(),
            count = reader.ReadInt32(), skippedCount = reader.ReadInt32();
        uint checksum = reader.ReadUInt32();
        string[] names = new string[count], skipped = new string[skippedCount];
        foreach (string[] texts in new[] { names, skipped })
        {
            for (int i = 0; i < texts.Length; i++)
            {
                texts[i] = reader.ReadString();
            }
        }
        float[] embeddings = Array<float>(count * columns.Dimension);
        int[] labels = Array<int>(columns.HasLabels ? count : 0);
        long[] clusters = Array<long>(columns.HasClusters ? count : 0);
        float[] probabilities = Array<float>(count * columns.ClusterCount);
        return new(source, fitted, inverted, foreign, checksum,
            new(names, embeddings, labels, clusters, probabilities, Array<float>(columns.HasNovelty ? count : 0)), skipped);

        T[] Array<T>(int length) where T : unmanaged
        {
            var values = new T[length];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
    }
}
