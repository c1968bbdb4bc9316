using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Toolchain.Data;

namespace Toolchain.Commands.Ranks;

/// <summary>
/// The folder OUT.fit, by which ranks fit together. <c>fit.json</c> says which fit it is of, and once that is finished, the digest of OUT.
/// All other files begin with a digest of the fit, so that those of others do not disturb it.
/// </summary>
/// <param name="output">The file that the fit makes.</param>
/// <param name="fit">All that the result depends on, in words.</param>
sealed class FitFolder(string output, string fit)
{
    readonly string folder = $"{output}.fit";
    readonly string prefix = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fit)).AsSpan(0, 4));

    string Statement => Path.Combine(folder, "fit.json");

    /// <summary>The fit, in words.</summary>
    public string Fit => fit;

    /// <summary>A file of this fit.</summary>
    public string FileOf(string name) => Path.Combine(folder, $"{prefix}.{name}");

    /// <summary>Whether the fit is finished and its output whole.</summary>
    public bool IsFinished => Stated() is (string found, string digest) && found == fit && File.Exists(output)
        && DigestOf(output) == digest;

    /// <summary>Begins the fit, or continues it; what a finished fit left is deleted.</summary>
    /// <exception cref="ArgumentException">The folder is of another fit, which is not finished.</exception>
    public void Begin()
    {
        (string Fit, string? Digest)? stated = Stated();
        if (stated is (string other, null))
        {
            RequireSame(other);
            return;
        }
        if (stated is not null)
        {
            Clear();
        }
        State(null);
    }

    /// <summary>Whether rank 0 has begun the fit.</summary>
    /// <exception cref="ArgumentException">It has begun another.</exception>
    public bool HasBegun()
    {
        if (Stated() is not (string found, null))
        {
            return false;
        }
        RequireSame(found);
        return true;
    }

    /// <summary>States that the output is made, and deletes all else.</summary>
    public void Finish()
    {
        State(DigestOf(output));
        Clear();
    }

    void Clear()
    {
        foreach (string file in Directory.GetFiles(folder).Where(file => file != Statement))
        {
            File.Delete(file);
        }
    }

    void RequireSame(string found)
    {
        if (found != fit)
        {
            throw new ArgumentException($"'{folder}': expected a fit of {fit}, found an unfinished one of {found}; start that again "
                + "until it "
                + "is finished, or delete the folder.");
        }
    }

    (string Fit, string? Digest)? Stated()
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(Statement)) is JsonObject stated && (string?)stated["fit"] is string found
                ? (found, (string?)stated["sha256"])
                : throw new InvalidDataException($"'{Statement}': expected the statement of a fit, found another file; delete the folder.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"'{Statement}': expected the statement of a fit, found a damaged file; delete the folder.",
                error);
        }
    }

    void State(string? digest) =>
        AtomicFile.WriteText(Statement, new JsonObject { ["fit"] = fit, ["sha256"] = digest }.ToJsonString() + "\n");

    static string DigestOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
