using System.Security.Cryptography;
using Google.Protobuf;
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
            byte[] whole = model.ToBytes();
            AtomicFile.Write(path, stream => stream.Write(whole));
            return new SavedModel(Convert.ToHexStringLower(SHA256.HashData(whole)), whole.Length, null);
        }
        byte[] bytes = OnnxWriter.ToProto(model, external).ToByteArray();
        string data = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, external.Location);
        bool isNew = !File.Exists(data);
        // The weights first: the rename of the model makes both of them visible at once.
        AtomicFile.Write(data, external.WriteTo);
        try
        {
            AtomicFile.Write(path, stream => stream.Write(bytes));
        }
        catch when (isNew)
        {
            File.Delete(data);
            throw;
        }
        return new SavedModel(Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length + external.Length, external.Location);
    }
}
