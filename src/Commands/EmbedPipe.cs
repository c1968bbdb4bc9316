using System.CommandLine;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Toolchain.Data;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;
using Toolchain.Inference;

namespace Toolchain.Commands;

/// <summary><c>uvl embed MODEL --data - --out -</c>: rows to standard output, as others' pipelines want them.</summary>
static class EmbedPipe
{
    /// <summary>The word that means standard input or output.</summary>
    public const string Name = "-";

    /// <summary>Writes a row for each image. What is said goes to standard error.</summary>
    public static void Run(Terminal terminal, ParseResult parsed, CommonOptions common, EmbedRequest request,
        Func<ImageStream, Stream, EmbedOptions, EmbedReport> job)
    {
        if (parsed.GetValue(GlobalOptions.Json))
        {
            throw new ArgumentException("--json: expected no --json with --out -, whose standard output has the rows; leave it out.");
        }
        string spec = common.Spec(parsed, terminal, drawn: false);
        ImageSourceOptions looking = common.Source(parsed, terminal, request.Preprocess) with { IsStreaming = spec == Name };
        using ImageStream source = ImageSource.OpenStream(spec, request.Split, looking);
        foreach (string line in source.Remarks)
        {
            terminal.Note(line);
        }
        EmbedReport? report = null;
        using Stream output = new StandardRows();
        terminal.WithProgress("embedding", source.Count ?? 0, "images", tell =>
            report = job(source, output, request.Options with
            {
                Progress = new DirectProgress<EmbedProgress>(made => tell(made.Done, "")),
            }));
        terminal.Stage(string.Create(CultureInfo.InvariantCulture, $"{Printable.Count(report!.Count, "row")}, and "
            + $"{Printable.Count(report.SkippedCount, "row")} with an error"));
    }

    // A reader that has gone is told apart from a source that cannot be read.
    sealed class StandardRows : MemoryStream
    {
        readonly Stream output = Open();

        // The console's own stream would go on for ever when the reader of a pipe has gone; into a file, another stream would not move the
        // place where the next program of a script writes.
        static Stream Open()
        {
            FileStream? pipe = OperatingSystem.IsWindows() ? null
                : new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, 0);
            return pipe is { CanSeek: false } ? pipe : Console.OpenStandardOutput();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                output.Write(buffer);
            }
            catch (IOException error)
            {
                throw new IOException("standard output: expected a reader until the last row, found none "
                    + $"({error.Message.TrimEnd('.')})", error);
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}
