using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Toolchain.Data;

namespace Toolchain.Inference.Trials;

/// <summary>
/// Models that passed a trial or were made by this program, one empty file each in a folder of the user's cache; its name is the digest of
/// the model, of the weights beside it, and of the runtime's version. Deleting the folder forgets them.
/// </summary>
/// <param name="folder">The folder; it is made when something is kept.</param>
public sealed class KnownModels(string folder)
{
    /// <summary>Those of this user.</summary>
    public static KnownModels OfUser => new(Path.Combine(UserCache.Folder, "models"));

    /// <summary>Keeps a model that this program has just written and proven.</summary>
    public void Add(string path) => Add(ModelBytes.Read(path));

    internal bool Contains(ModelBytes model) => File.Exists(FileOf(model));

    internal void Add(ModelBytes model)
    {
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(FileOf(model), []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Only the next trial is not saved.
        }
    }

    string FileOf(ModelBytes model)
    {
        var parts = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{RuntimeInfo.ManagedVersion} {model.Sha256}"));
        foreach (FileInfo weights in model.Weights)
        {
            using FileStream stream = weights.OpenRead();
            parts.Append(' ').Append(Convert.ToHexStringLower(SHA256.HashData(stream)));
        }
        return Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts.ToString()))));
    }
}
