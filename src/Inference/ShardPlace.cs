using Toolchain.Data;

namespace Toolchain.Inference;

/// <summary>
/// The files of one shard. Several tasks may write the same shard at once, such as a paused one that an engine took for lost and the one
/// that it started instead: each writes a file of its own, and the first that is whole stays.
/// </summary>
/// <param name="work">What is embedded.</param>
/// <param name="shard">Which shard.</param>
/// <param name="range">Its images.</param>
/// <param name="path">The file that the merge will make.</param>
sealed class ShardPlace(EmbedWork work, Shard shard, (long First, long End) range, string path)
{
    // Of one shard, at once. More than two were never seen.
    const int MostWriters = 9;

    readonly string file = ShardManifest.FileOf(path, shard);

    /// <summary>The manifest of the finished shard; null while there is none.</summary>
    public ShardManifest? Finished => ShardManifest.Finished(work, shard, range, file);

    /// <summary>Makes the shard.</summary>
    /// <param name="embed">Writes its rows to the path that it is given, or resumes them there.</param>
    /// <exception cref="FileInUseException">Too many others write it now, or a pipe or a device stands in its place.</exception>
    public EmbedReport Write(Func<string, EmbedReport> embed)
    {
        for (int writer = 1; ; writer++)
        {
            try
            {
                EmbedReport report = embed(Partial(writer));
                Commit(writer, report.Count);
                return report;
            }
            // Written by another task, which may be paused for ever.
            catch (FileInUseException error) when (error.InnerException is not null && writer < MostWriters)
            {
            }
        }
    }

    void Commit(int writer, long rows)
    {
        if (Finished is null)
        {
            File.Move(Partial(writer), file, overwrite: true);
            ShardManifest.Of(work, shard, range, rows, file).Write();
        }
        for (int other = 1; other <= MostWriters; other++)
        {
            File.Delete(Partial(other));
        }
    }

    string Partial(int writer) => writer == 1 ? $"{file}.partial" : $"{file}.partial-{writer}";
}
