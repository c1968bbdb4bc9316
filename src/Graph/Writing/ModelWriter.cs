using System.Security.Cryptography;
using Google.Protobuf;
using Onnx;
using Toolchain.Data;

namespace Toolchain.Graph.Writing;

/// <summary>Puts a model on the disk, whole or not at all.</summary>
static class ModelWriter
{
    /// <summary>Weights above this size get a file of their own: protobuf ends at 2 GB.</summary>
    public const long DefaultThreshold = 1_500_000_000;

    public static SavedModel Save(OnnxModel model, string path, long threshold)
    {
        ExternalLayout? external = model.WeightBytes >= threshold ? new ExternalLayout(model) : null;
        if (external is not { Length: > 0 })
        {
            return model.WeightBytes < Array.MaxLength
                ? Write(OnnxWriter.ToProto(model), path)
                : throw new GraphException($"{model.WeightBytes} bytes of weights are more than one file can have; save them as external "
                + $"data.");
        }
        string data = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, external.Location);
        bool isNew = !File.Exists(data);
        // The weights first: the rename of the model makes both of them visible at once.
        AtomicFile.Write(data, external.WriteTo);
        try
        {
            SavedModel saved = Write(OnnxWriter.ToProto(model, external.ToProto), path);
            return saved with { Bytes = saved.Bytes + external.Length, ExternalData = external.Location };
        }
        catch when (isNew)
        {
            File.Delete(data);
            throw;
        }
    }

    /// <summary>Digest and size of what <see cref="Save"/> would write by default.</summary>
    public static SavedModel Describe(OnnxModel model)
    {
        if (model.WeightBytes < DefaultThreshold)
        {
            return Write(OnnxWriter.ToProto(model), Stream.Null);
        }
        var external = new ExternalLayout(model);
        SavedModel saved = Write(OnnxWriter.ToProto(model, external.ToProto), Stream.Null);
        return saved with { Bytes = saved.Bytes + external.Length, ExternalData = external.Location };
    }

    /// <summary>Writes through a digest into <paramref name="stream"/>: the whole is never in memory.</summary>
    static SavedModel Write(ModelProto proto, Stream stream)
    {
        using var hash = SHA256.Create();
        using (var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
        {
            proto.WriteTo(hashed);
        }
        return new SavedModel(Convert.ToHexStringLower(hash.Hash!), proto.CalculateSize(), null);
    }

    static SavedModel Write(ModelProto proto, string path)
    {
        SavedModel? saved = null;
        AtomicFile.Write(path, stream => saved = Write(proto, stream));
        return saved!;
    }
}
