using System.Buffers;
using Toolchain.Data.Npy;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Embeddings;

/// <summary>Embeddings from .npy, with the columns beside it.</summary>
static partial class EmbeddingReader
{
    static EmbeddingTable FromNpy(FileStream file, string path, long mostInMemory)
    {
        NpyHeader.Parsed header = NpyHeader.Read(file, path);
        long? size = TensorEntry.SizeBytes(header.Kind, header.Shape);
        if (size is not null && header is not { Kind: TensorKind.Float32, Shape: [> 0 and <= int.MaxValue, > 0] })
        {
            throw new InvalidDataException($"'{path}': expected float32 embeddings [N,D], found {Text(header.Kind, header.Shape)}.");
        }
        // A size beyond 2^63 is refused when it is read.
        long bytes = size ?? 0;
        RequireRoom(path, bytes / sizeof(float));
        bool isMapped = bytes > mostInMemory && header is { IsBigEndian: false, IsColumnMajor: false }
            && header.DataOffset % sizeof(float) == 0 && file.Length == header.DataOffset + bytes;
        IMemoryOwner<float>? mapped = isMapped
            ? new MappedFloats(File.OpenRead(path), header.DataOffset, (int)(bytes / sizeof(float))) : null;
        ReadOnlyMemory<float> values = mapped?.Memory ?? NpyFile.Read(file, header, path).ToArray<float>();
        int count = (int)header.Shape[0];
        int[]? labels = Integers(Beside("labels.npy", TensorKind.UInt8, TensorKind.Int64));
        return Table(path, new(values, count)
        {
            Owner = mapped,
            Labels = labels,
            Clusters = labels is null ? Beside("clusters.npy", TensorKind.Int64)?.ToArray<long>() : null,
        });

        TensorEntry? Beside(string ending, params TensorKind[] kinds)
        {
            string beside = Path.ChangeExtension(path, ending);
            if (!File.Exists(beside))
            {
                return null;
            }
            TensorEntry column = NpyFile.Read(beside);
            return kinds.Contains(column.Kind) && column.Shape is [var found] && found == count ? column
                : throw new InvalidDataException(
                    $"'{beside}': expected {kinds[0]} [{count}], one for each row of '{path}', found "
                    + $"{Text(column.Kind, column.Shape)}; embed the images "
                    + "again.");
        }
    }

    static int[]? Integers(TensorEntry? labels) => labels is null ? null
        : labels.Kind == TensorKind.Int64 ? Array.ConvertAll(labels.ToArray<long>(), label => (int)Math.Clamp(label, 0, int.MaxValue))
        : Array.ConvertAll(labels.ToArray<byte>(), label => (int)label);

    static string Text(TensorKind kind, ReadOnlySpan<long> shape) => $"{kind} [{string.Join(',', shape.ToArray())}]";
}
