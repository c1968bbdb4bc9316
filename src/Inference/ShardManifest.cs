using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Toolchain.Data;
using Toolchain.Data.Embeddings;

namespace Toolchain.Inference;

/// <summary>What one shard holds, as PATH.shard-I-of-N.json says it.</summary>
/// <param name="File">Name of the shard's rows, beside the manifest.</param>
/// <param name="Sha256">Digest of that file, 64 hex digits.</param>
/// <param name="Shard">0-based number of the shard.</param>
/// <param name="Shards">Number of shards.</param>
/// <param name="FirstImage">First image of the source in this shard.</param>
/// <param name="EndImage">First image behind it.</param>
/// <param name="Images">Images of the whole source.</param>
/// <param name="Rows">Rows in the file: its images without those left out.</param>
/// <param name="Dimension">Numbers per embedding (D); 0 for none.</param>
/// <param name="HasLabels">Whether classes are known.</param>
/// <param name="HasClusters">Whether there are clusters.</param>
/// <param name="ClusterCount">Probabilities per image (K); 0 for none.</param>
/// <param name="HasNovelty">Whether there are novelty scores.</param>
/// <param name="ClusterDigits">The digit of each cluster; null where clusters have none.</param>
/// <param name="HasWideLabels">Whether labels may be above 255.</param>
/// <param name="Made">Model, dataset, options and runtime: the same for all shards of a job.</param>
sealed record ShardManifest(string File, string Sha256, int Shard, int Shards, long FirstImage, long EndImage, long Images, long Rows,
    int Dimension, bool HasLabels, bool HasClusters, int ClusterCount, string Made, bool HasNovelty = false, int[]? ClusterDigits = null,
    bool HasWideLabels = false)
{
    string folder = "";

    /// <summary>Where the rows are.</summary>
    [JsonIgnore]
    public string Path => System.IO.Path.Combine(folder, File);

    [JsonIgnore]
    public EmbeddingColumns Columns => new(Dimension, HasLabels, HasClusters, ClusterCount, HasNovelty)
    {
        ClusterDigits = ClusterDigits,
        HasWideLabels = HasWideLabels,
    };

    public static string FileOf(string path, Shard shard) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}.shard-{shard.Index}-of-{shard.Count}");

    /// <summary>The manifest of a shard whose rows lie at <paramref name="path"/>.</summary>
    public static ShardManifest Of(EmbedWork work, Shard shard, (long First, long End) range, long rows, string path)
    {
        EmbeddingColumns columns = work.Columns;
        return new(System.IO.Path.GetFileName(path), Digest(path), shard.Index, shard.Count, range.First, range.End,
            work.Source.Count!.Value, rows, columns.Dimension, columns.HasLabels, columns.HasClusters, columns.ClusterCount, work.Identity,
            columns.HasNovelty, columns.ClusterDigits?.ToArray(), columns.HasWideLabels)
        { folder = System.IO.Path.GetDirectoryName(path)! };
    }

    /// <summary>The manifest of a shard that the same work has finished and whose rows are whole; null where there is none.</summary>
    public static ShardManifest? Finished(EmbedWork work, Shard shard, (long First, long End) range, string path)
    {
        try
        {
            return System.IO.File.Exists(path) && Read($"{path}.json") is ShardManifest known && known.Made == work.Identity
                && (known.Shard, known.Shards, known.FirstImage, known.EndImage) == (shard.Index, shard.Count, range.First, range.End)
                && known.Sha256 == Digest(path) ? known : null;
        }
        catch (Exception error) when (error is InvalidDataException or FileNotFoundException)
        {
            return null;
        }
    }

    public static string Digest(string path)
    {
        using FileStream stream = System.IO.File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <exception cref="InvalidDataException">The file is no manifest.</exception>
    public static ShardManifest Read(string path)
    {
        try
        {
            ShardManifest? read = JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(path), ManifestJson.Default.ShardManifest);
            return read is { File: not null, Sha256: not null, Made: not null } && System.IO.Path.GetFileName(read.File) == read.File
                ? read with { folder = System.IO.Path.GetDirectoryName(path)! }
                : throw new JsonException("a part is missing.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"'{path}': expected a shard's manifest, found otherwise: "
                + $"{error.Message.ReplaceLineEndings(" ")} Make this shard again.", error);
        }
    }

    public void Write() => AtomicFile.WriteText($"{Path}.json", JsonSerializer.Serialize(this, ManifestJson.Default.ShardManifest) + "\n");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(ShardManifest))]
sealed partial class ManifestJson : JsonSerializerContext;
