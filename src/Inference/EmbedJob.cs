using System.Diagnostics;
using System.Globalization;
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;

namespace Toolchain.Inference;

/// <summary>
/// Embeds a source of any length into a file, in constant memory. The file's bytes depend on model, images and options alone: not on
/// threads, shards, or whether a run was stopped and resumed. Until the end the rows that are done are in FILE.partial, from which the same
/// job resumes.
/// </summary>
public static class EmbedJob
{
    static readonly TimeSpan flushInterval = TimeSpan.FromSeconds(15);

    /// <summary>Embeds all images of a source.</summary>
    /// <param name="session">The model.</param>
    /// <param name="source">The images, from the first on. A stopped run of a pipe cannot be resumed; it starts anew.</param>
    /// <param name="path">
    /// The file to make or replace; its extension chooses .npy, .csv, .parquet or .arrow (<see cref="EmbeddingFile.Create"/>).
    /// </param>
    /// <param name="options">What is written; null for the defaults.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="ArgumentException">The extension is none of the four, the images are of another shape than the model takes (open
    /// them with <see cref="ImageSourceOptions.For"/>), or the model lacks an output that is asked for.</exception>
    /// <exception cref="InvalidDataException">The source is damaged, an image cannot be read and may not be skipped, or none can be
    /// read.</exception>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; an old file stays as it was.</exception>
    public static EmbedReport Run(EncoderSession session, ImageStream source, string path, EmbedOptions? options = null,
        CancellationToken cancellation = default)
    {
        options ??= new();
        EmbeddingColumns columns = ColumnsOf(session, source, options);
        using EmbeddingWriter writer = EmbeddingFile.Create(path, columns);
        string partial = $"{path}.partial";
        EmbedReport report;
        try
        {
            report = RunRange(new(session, source, options, columns), (0, source.Count ?? long.MaxValue),
                source.Fingerprint is null ? null : partial, writer.Write, cancellation);
            if (report.Count == 0)
            {
                throw ImageSource.NoneReadable(source, report.SkippedCount);
            }
        }
        catch (Exception error) when (!IsResumable(error))
        {
            File.Delete(partial);
            throw;
        }
        writer.Finish();
        File.Delete(partial);
        return report;
    }

    /// <summary>
    /// Embeds one of several equal ranges of a source's images, to be put together by <see cref="ShardMerge.Run"/>. Ranges start at whole
    /// batches. A range that the same job has finished is not embedded again, so a task that an engine starts anew costs nothing. Tasks
    /// that write the same range at once do not disturb each other: the first that is whole stays.
    /// </summary>
    /// <param name="session">The model.</param>
    /// <param name="source">All images, from the first on.</param>
    /// <param name="path">
    /// The file that the merge will make; beside it come PATH.shard-I-of-N and its manifest PATH.shard-I-of-N.json.
    /// </param>
    /// <param name="shard">Which range.</param>
    /// <param name="options">What is written; null for the defaults.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="ArgumentException">As in <see cref="Run"/>; or the source's length is not known, or it has fewer batches than there
    /// are shards.</exception>
    /// <exception cref="InvalidDataException">As in <see cref="Run"/>.</exception>
    /// <exception cref="IOException">As in <see cref="Run"/>.</exception>
    public static EmbedReport RunShard(EncoderSession session, ImageStream source, string path, Shard shard, EmbedOptions? options = null,
        CancellationToken cancellation = default)
    {
        options ??= new();
        EmbeddingFile.RequireFormat(path);
        var work = new EmbedWork(session, source, options, ColumnsOf(session, source, options));
        (long first, long end) = RangeOf(session, source, shard);
        var place = new ShardPlace(work, shard, (first, end), path);
        return place.Finished is ShardManifest made ? new(made.Rows, end - first, end - first - made.Rows, 0, 0, null)
            : place.Write(partial =>
            {
                try
                {
                    return RunRange(work, (first, end), partial, null, cancellation);
                }
                catch (Exception error) when (!IsResumable(error))
                {
                    File.Delete(partial);
                    throw;
                }
            });
    }

    // After a stop or a full disk the same command resumes; after anything else it would fail as before.
    static bool IsResumable(Exception error) =>
        error is OperationCanceledException or UnauthorizedAccessException
            or IOException and not (FileNotFoundException or DirectoryNotFoundException);

    static EmbedReport RunRange(EmbedWork work, (long First, long End) range, string? logPath, Action<EmbeddingRows>? write,
        CancellationToken cancellation)
    {
        (EncoderSession session, ImageStream source, EmbedOptions options, EmbeddingColumns columns) = work;
        var tally = new EmbedTally(options, source.Count is null ? null : range.End - range.First);
        string identity = work.Identity
            + string.Create(CultureInfo.InvariantCulture, $"\n{source.Fingerprint}\nrows {range.First} {range.End}");
        var again = new ImageBatch(session.RowsPerBatch, session.Preprocess.Shape);
        using RowLog? log = logPath is null ? null : RowLog.Open(logPath, identity, columns, earlier =>
        {
            bool same = IsUnchanged(source, range.First + tally.Done, earlier, again);
            if (same)
            {
                write?.Invoke(earlier.Rows);
                tally.Add(earlier);
            }
            return same;
        });
        long resumed = tally.Done;
        source.Skip(range.First + resumed);
        var sinceFlush = Stopwatch.StartNew();
        try
        {
            session.Run(source, range.End - range.First - resumed, slot =>
            {
                LoggedRows rows = slot.Rows(columns, session.Novelty);
                if (columns.HasLabels && !source.IsLabelled)
                {
                    throw new InvalidDataException($"{source.Remarks[^1]}, and rows with labels were written before; save the input to a "
                        + "file, whose labels are all looked at first, and name that.");
                }
                if (!options.SkipBad && rows.Skipped.Count > 0)
                {
                    throw new InvalidDataException(rows.Skipped[0]);
                }
                log?.Append(rows);
                write?.Invoke(rows.Rows);
                tally.Add(rows);
                tally.AddCentres(slot.NearestCentres);
                if (log is not null && sinceFlush.Elapsed > flushInterval)
                {
                    log.Flush();
                    sinceFlush.Restart();
                }
            }, cancellation);
        }
        catch (OperationCanceledException stopped)
        {
            throw new OperationCanceledException(log is null ? "stopped; nothing was written"
                : $"stopped after {tally.Done} images; the same command goes on from there", stopped);
        }
        if (write is null)
        {
            // The log itself is the result.
            log?.Flush();
        }
        return new(tally.Rows, resumed, tally.Skipped, tally.Fitted, tally.Inverted, session.Novelty is null ? null : tally.Foreign)
        {
            LargestShare = tally.LargestShare,
        };
    }

    static bool IsUnchanged(ImageStream source, long first, LoggedRows earlier, ImageBatch again)
    {
        if (!source.ReadAgain(again, first, earlier.SourceCount))
        {
            return true;
        }
        again.Decode();
        return again.Checksum() == earlier.Checksum && again.Problems.Take(again.Count).OfType<string>().SequenceEqual(earlier.Skipped);
    }

    static (long First, long End) RangeOf(EncoderSession session, ImageStream source, Shard shard)
    {
        if (source.Count is not long count || source.Fingerprint is null)
        {
            throw new ArgumentException($"'{source.Name}': shards need a source whose length is known before it is read, such as a folder, "
                + $"IDX, .npy or Parquet; a pipe or a tar archive has none.");
        }
        int size = session.RowsPerBatch;
        long batches = (count + size - 1) / size;
        return shard.Count >= 1 && shard.Index >= 0 && shard.Index < shard.Count && shard.Count <= batches
            ? (batches * shard.Index / shard.Count * size, Math.Min(count, batches * (shard.Index + 1) / shard.Count * size))
            : throw new ArgumentException($"--shard '{shard.Index}/{shard.Count}': expected i/n with i in [0..n) and n at most {batches}, "
            + $"the batches of {size} that {count} images make.");
    }

    internal static EmbeddingColumns ColumnsOf(EncoderSession session, ImageStream source, EmbedOptions options)
    {
        Require(!options.Embedding || session.Dimension > 0, "embedding",
            "take an encoder, such as moco or autoencoder, or ask for clusters alone with 'uvl cluster'");
        Require(!options.Cluster || session.HasClusters, "cluster", "fuse clusters onto the encoder with 'uvl cluster'");
        Require(!options.Probability || session.ClusterCount > 0, "probability", "fuse clusters onto the encoder with 'uvl cluster'");
        if (options.Novelty && session.Novelty is null)
        {
            throw new InvalidModelException($"'{session.Path}': expected metadata '{ModelKeys.Novelty}', found none; calibrate the model "
                + "with 'uvl calibrate'.");
        }
        return new(options.Embedding ? session.Dimension : 0, source.IsLabelled, options.Cluster,
            options.Probability ? session.ClusterCount : 0, options.Novelty)
        {
            ClusterDigits = session.ClusterDigits,
            HasWideLabels = source.Classes is { Count: > 256 },
        };

        void Require(bool present, string output, string remedy)
        {
            if (!present)
            {
                throw new InvalidModelException($"'{session.Path}': expected an output '{output}', found none; {remedy}.");
            }
        }
    }
}
