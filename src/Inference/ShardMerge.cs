using System.Globalization;
using System.Security.Cryptography;
using System.Text;
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

    /// <summary>Whether there are shards of a file.</summary>
    /// <param name="path">The file that the merge would make.</param>
    public static bool Exist(string path) => FilesOf(path).Length > 0;

    /// <summary>A range of the embeddings that the merge would write, without merging.</summary>
    /// <param name="path">The file that the merge would make.</param>
    /// <param name="choose">Gets the number of rows, gives the range [first..end).</param>
    /// <exception cref="FileNotFoundException">There are no shards.</exception>
    /// <exception cref="InvalidDataException">A shard is missing or damaged, belongs to another job, or has no embeddings.</exception>
    public static EmbeddingRange ReadRange(string path, Func<long, (long First, long End)> choose)
    {
        ArgumentNullException.ThrowIfNull(choose);
        ShardManifest[] shards = Find(path);
        int width = shards[0].Dimension;
        long all = shards.Sum(shard => shard.Rows);
        if (width == 0 || all == 0)
        {
            throw new InvalidDataException($"'{path}': expected embeddings in its {shards.Length} shards, found none.");
        }
        (long first, long end) = choose(all);
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(shards.Select(one => one.Sha256)))));
        return EmbeddingRange.Collect(path, (all, end - first), width, $"shards of SHA-256 {digest}", add =>
        {
            long before = 0;
            foreach (ShardManifest shard in shards)
            {
                long row = before;
                before += shard.Rows;
                if (row < end && before > first)
                {
                    RowLog.Read(shard.Path, shard.Columns, logged =>
                    {
                        int from = (int)Math.Clamp(first - row, 0, logged.Rows.Count),
                            to = (int)Math.Clamp(end - row, 0, logged.Rows.Count);
                        add(logged.Rows.Embeddings[(from * width)..(to * width)]);
                        row += logged.Rows.Count;
                    });
                }
            }
        });
    }

    static string[] FilesOf(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Directory.Exists(folder) ? Directory.GetFiles(folder, $"{Path.GetFileName(path)}.shard-*-of-*.json") : [];
    }

    static ShardManifest[] Find(string path)
    {
        string name = Path.GetFileName(path);
        ShardManifest[] found =
            [.. FilesOf(path).Order(StringComparer.Ordinal).Select(ShardManifest.Read).OrderBy(shard => shard.Shard)];
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
