using System.Globalization;
using Toolchain.Data.Embeddings;

namespace Toolchain.Inference;

/// <summary>Puts shards together to the file that one run would have written, byte for byte.</summary>
public static class ShardMerge
{
    /// <summary>Merges PATH.shard-0-of-N .. PATH.shard-(N-1)-of-N into PATH. The shards stay.</summary>
    /// <param name="path">The file to make or replace; its extension chooses the format.</param>
    /// <param name="progress">Told the rows written; null for silence.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>Rows and shards.</returns>
    /// <exception cref="FileNotFoundException">There are no shards.</exception>
    /// <exception cref="InvalidDataException">A shard is missing or damaged, or belongs to another job.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static (long Rows, int Shards) Run(string path, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ShardManifest[] shards = Find(path);
        using EmbeddingWriter writer = EmbeddingFile.Create(path, shards[0].Columns);
        foreach (ShardManifest shard in shards)
        {
            string digest = ShardManifest.Digest(shard.Path);
            if (digest != shard.Sha256)
            {
                throw new InvalidDataException($"'{shard.Path}': expected SHA-256 {shard.Sha256}, found {digest}; make this shard again.");
            }
            RowLog.Read(shard.Path, shard.Columns, logged =>
            {
                cancellation.ThrowIfCancellationRequested();
                writer.Write(logged.Rows);
                progress?.Report(writer.Count);
            });
        }
        if (writer.Count == 0)
        {
            throw new InvalidDataException($"'{path}': expected rows in its {shards.Length} shards, found none: not one image could be "
                + $"read.");
        }
        writer.Finish();
        return (writer.Count, shards.Length);
    }

    static ShardManifest[] Find(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!, name = Path.GetFileName(path);
        ShardManifest[] found = Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder, $"{name}.shard-*-of-*.json").Order(StringComparer.Ordinal).Select(ShardManifest.Read)
            .OrderBy(shard => shard.Shard)] : [];
        if (found.Length == 0)
        {
            throw new FileNotFoundException($"'{path}': expected shards '{name}.shard-0-of-N' and so on beside it, found none; make them "
                + $"with --shard.");
        }
        ShardManifest first = found[0];
        ShardManifest? other = Array.Find(found, shard =>
            (shard.Shards, shard.Made, shard.Images) != (first.Shards, first.Made, first.Images));
        if (other is not null)
        {
            throw new InvalidDataException($"'{other.Path}.json': expected a shard of the job of '{first.File}' ({first.Shards} shards, "
                + $"{first.Made}), found another ({other.Shards} shards, {other.Made}); delete those that do not belong.");
        }
        string[] missing = [.. Enumerable.Range(0, first.Shards).Except(found.Select(shard => shard.Shard))
            .Select(index => index.ToString(CultureInfo.InvariantCulture))];
        return missing.Length == 0 ? found
            : throw new InvalidDataException($"'{path}': expected all {first.Shards} shards, found {found.Length}; missing are "
            + $"{string.Join(", ", missing.Take(20))}{(missing.Length > 20 ? " and more" : "")}: make them with --shard i/{first.Shards}.");
    }
}
