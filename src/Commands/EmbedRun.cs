using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;
using Toolchain.Inference;

namespace Toolchain.Commands;

/// <summary>What a command is to embed.</summary>
/// <param name="Split">Which part of the images.</param>
/// <param name="Path">The file.</param>
/// <param name="Options">What is written.</param>
/// <param name="Preprocess">How pictures become the model's input.</param>
/// <param name="Part">The range of images that is done now; null for all.</param>
public sealed record EmbedRequest(Split Split, string Path, EmbedOptions Options, Preprocess Preprocess, Shard? Part = null);

/// <summary>Runs an embedding job under a progress bar and reports the result.</summary>
public static class EmbedRun
{
    /// <summary>Opens the source, runs the job, prints one line (and one for what was unusual), and sends the event "embedded".</summary>
    /// <param name="terminal">Receives the lines.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="common">Its options.</param>
    /// <param name="request">What is embedded, and where to.</param>
    /// <param name="job">The job: gets source and options.</param>
    public static void Execute(Terminal terminal, ParseResult parsed, CommonOptions common, EmbedRequest request,
        Func<ImageStream, EmbedOptions, EmbedReport> job)
    {
        (Split split, string path, EmbedOptions options, Preprocess model, Shard? part) = request;
        ImageSourceOptions looking = common.Source(parsed, terminal, model);
        string spec = common.Spec(parsed, terminal, drawn: false);
        CommonOptions.RequireApart(path, EmbeddingFile.FilesOf(path), spec);
        using ImageStream source = ImageSource.OpenStream(spec, split, looking);
        CommonOptions.NoteParts(parsed, terminal, source.Name, split, source.Split);
        foreach (string line in source.Remarks)
        {
            terminal.Note(line);
        }
        EmbedReport? report = null;
        var clock = Stopwatch.StartNew();
        terminal.WithProgress("embedding", source.Count ?? 0, "images", tell => report = job(source, options with
        {
            SkipBad = looking.SkipBad,
            Skipped = new DirectProgress<string>(line => terminal.Note($"skipped: {line}")),
            Progress = new DirectProgress<EmbedProgress>(made => tell(made.Done, "")),
        }));
        double speed = (report!.Count + report.SkippedCount - report.ResumedCount) / clock.Elapsed.TotalSeconds;
        Say(terminal, part is null ? path : $"{path}.shard-{part.Index}-of-{part.Count}", source, report, speed);
    }

    /// <summary>Runs the model over images in memory under a progress bar.</summary>
    public static Embeddings InMemory(Terminal terminal, EncoderSession session, ImageSet data, CancellationToken cancellation)
    {
        Embeddings? result = null;
        terminal.WithProgress("embedding", data.Count, "images", report =>
            result = session.Run(data, new DirectProgress<int>(done => report(done, "")), cancellation));
        return result!;
    }

    static void Say(Terminal terminal, string output, ImageStream source, EmbedReport report, double speed)
    {
        var unusual = new List<string>();
        Unusual(report.ResumedCount, "done by an earlier run");
        Unusual(report.SkippedCount, "skipped because they cannot be read");
        Unusual(report.FittedCount, $"fitted to {source.Preprocess.Shape}");
        Unusual(report.InvertedCount, "dark on light and inverted");
        Unusual(report.ForeignCount ?? 0, "out of distribution (novelty above 1)");
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{Printable.Count(report.Count, "row")} in {output}, {speed:n0} "
            + $"images/s{(unusual.Count == 0 ? "" : $"; {string.Join(", ", unusual)}")}"));
        if (SourceNovelty.WarningOf(report) is string warning)
        {
            terminal.Note(warning);
        }
        using var self = Process.GetCurrentProcess();
        terminal.Event("embedded", new JsonObject
        {
            ["path"] = output,
            ["count"] = report.Count,
            ["resumed"] = report.ResumedCount,
            ["skipped"] = report.SkippedCount,
            ["fitted"] = report.FittedCount,
            ["inverted"] = report.InvertedCount,
            ["foreign"] = report.ForeignCount,
            ["polarity"] = source.Polarity.ToString().ToLowerInvariant(),
            ["transposed"] = source.IsTransposed,
            ["remarks"] = new JsonArray([.. source.Remarks.Select(line => JsonValue.Create(line))]),
            ["images_per_second"] = speed,
            ["peak_bytes"] = self.PeakWorkingSet64,
        });

        void Unusual(long count, string what)
        {
            if (count > 0)
            {
                unusual.Add(string.Create(CultureInfo.InvariantCulture, $"{count:n0} {what}"));
            }
        }
    }
}
