using System.Security.Cryptography;

namespace Toolchain.Inference;

/// <summary>A model file as it was read, with the files beside it that hold weights.</summary>
/// <param name="Path">Where it was read from.</param>
/// <param name="Bytes">Its content.</param>
/// <param name="Weights">Files below the model's folder that its weights are read from; empty for a self-contained model.</param>
sealed record ModelBytes(string Path, byte[] Bytes, IReadOnlyList<FileInfo> Weights)
{
    /// <summary>Digest of the model file, 64 hexadecimal digits.</summary>
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Bytes));

    /// <summary>The folder of the model, below which its weights may lie.</summary>
    public string Folder => FolderOf(Path);

    /// <summary>Size of model and weights.</summary>
    public long SizeBytes => Bytes.Length + Weights.Sum(file => file.Length);

    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidModelException">It is empty, no regular file, above 2 GB, or its weights lie where they may not.</exception>
    public static ModelBytes Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new FileNotFoundException($"'{path}': no such file; expected a model.onnx that 'uvl train' or 'uvl export' wrote.", path);
        }
        // Pipes and devices have no length; reading one could wait for ever, or never end.
        if (file.Length == 0)
        {
            throw new InvalidModelException($"'{path}': expected an ONNX model, found an empty file or no regular file; name a file on "
                + $"disk.");
        }
        if (file.Length > Array.MaxLength)
        {
            throw new InvalidModelException(
                $"'{path}': expected an ONNX model of at most 2 GB, found {file.Length} bytes; larger models keep their weights as "
                + $"external data.");
        }
        try
        {
            return Of(path, File.ReadAllBytes(path), FolderOf(path));
        }
        catch (UnauthorizedAccessException error)
        {
            throw new InvalidModelException($"'{path}': expected a file that may be read, found one that may not; change its permissions.",
                error);
        }
    }

    /// <summary>A model in memory, all its weights within.</summary>
    /// <exception cref="InvalidModelException">Some of its weights lie elsewhere.</exception>
    public static ModelBytes Of(string name, byte[] bytes) => Of(name, bytes, null);

    static ModelBytes Of(string name, byte[] bytes, string? folder)
    {
        try
        {
            return new ModelBytes(name, bytes, [.. ExternalWeights.Of(bytes, folder)]);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidModelException($"'{name}': {error.Message}", error);
        }
    }

    /// <summary>Compares the digest with that of the manifest beside the model, where there is one.</summary>
    /// <exception cref="InvalidModelException">They disagree.</exception>
    public void RequireManifest()
    {
        try
        {
            Data.ModelManifest.Require(Path, Sha256);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidModelException(error.Message, error);
        }
    }

    static string FolderOf(string path) => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
}
