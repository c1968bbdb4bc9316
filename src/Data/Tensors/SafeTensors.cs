using System.Buffers.Binary;
using Toolchain.Data.Reading;

namespace Toolchain.Data.Tensors;

/// <summary>What a safetensors file holds.</summary>
/// <param name="Tensors">Names and tensors, in the order of the file.</param>
/// <param name="Metadata">The `__metadata__` strings; empty where there are none.</param>
public sealed record SafeTensorsContent(IReadOnlyList<(string Name, TensorEntry Tensor)> Tensors,
    IReadOnlyDictionary<string, string> Metadata);

/// <summary>
/// Reads and writes safetensors files: 8 bytes of header length, a JSON header, the tensors' bytes. Source: the format section of the
/// README of huggingface/safetensors.
/// </summary>
public static class SafeTensors
{
    /// <summary>Longest header that is read or written, in bytes: the limit of the reference implementation.</summary>
    public const int MaxHeaderBytes = 100_000_000;

    /// <summary>
    /// Writes a file, whole or not at all. Larger elements come first, then names in ordinal order, so that all data is aligned and the
    /// same tensors give the same bytes in whatever order they are handed in.
    /// </summary>
    /// <exception cref="ArgumentException">A name occurs twice or is the reserved `__metadata__`.</exception>
    public static void Write(string path, IReadOnlyList<(string Name, TensorEntry Tensor)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        (string Name, TensorEntry Tensor)[] ordered = [.. tensors
            .OrderByDescending(entry => TensorEntry.ElementSize(entry.Tensor.Kind))
            .ThenBy(entry => entry.Name, StringComparer.Ordinal)];
        byte[] header = SafeTensorsHeader.Write(ordered, metadata);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(length);
            stream.Write(header);
            foreach ((_, TensorEntry tensor) in ordered)
            {
                stream.Write(tensor.Data.Span);
            }
        });
    }

    /// <summary>Reads a file whole. Every offset is checked: inside the file, no overlap, no hole, as long as type and shape say.</summary>
    /// <exception cref="InvalidDataException">The file is no sound safetensors file; the message has path, offset, expected and
    /// found.</exception>
    public static SafeTensorsContent Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        long length = BinaryPrimitives.ReadInt64LittleEndian(ExactRead.Bytes(stream, new(path, 0, 8, "header length")));
        if (length is < 2 or > MaxHeaderBytes)
        {
            throw new InvalidDataException($"'{path}': offset 0: expected a header length in [2..{MaxHeaderBytes}], found {(ulong)length}; "
                + "the file is no safetensors file.");
        }
        byte[] header = ExactRead.Bytes(stream, new(path, 8, length, "header"));
        IReadOnlyList<SafeTensorsHeader.Entry> entries =
            SafeTensorsHeader.Parse(header, path, out IReadOnlyDictionary<string, string> metadata);
        long dataOffset = 8 + length;
        byte[] data = ExactRead.Bytes(stream, new(path, dataOffset, entries.Count == 0 ? 0 : entries[^1].End, "tensor data"));
        ExactRead.End(stream, path, dataOffset + data.Length);
        return new([.. entries.Select(entry =>
            (entry.Name, new TensorEntry(entry.Kind, entry.Shape, data.AsMemory((int)entry.Begin, (int)(entry.End - entry.Begin)))))],
            metadata);
    }
}
