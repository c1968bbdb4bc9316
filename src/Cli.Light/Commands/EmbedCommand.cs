using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Toolchain.Data;
using Toolchain.Inference;

namespace Toolchain.Cli.Light.Commands;

/// <summary><c>uvl embed MODEL --data D --out F</c>.</summary>
static class EmbedCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var model = new Argument<string>("MODEL") { Description = "A model.onnx." };
        var output = new Option<string>("--out") { Description = "Target; its extension chooses .npy, .csv, .parquet or .arrow.", Required = true };
        var split = new Option<Split>("--split") { Description = "train, test or all.", DefaultValueFactory = _ => Split.All };
        var shard = new Option<string?>("--shard") { Description = "i/n: only the i-th of n equal ranges of rows, i in [0..n)." };
        var command = new Command("embed", "Embed images with a model.\n\nExample: uvl embed runs/quick/moco/model.onnx --data mnist --split test --out test.npy")
        {
            model, common.Data, split, output, shard, common.SkipBad, common.Threads, common.Device,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            string path = parsed.GetValue(output)!;
            EmbeddingFile.RequireFormat(path);
            using EncoderSession session = EncoderSession.Open(parsed.GetValue(model)!, common.Encoder(parsed));
            if (session.Dimension == 0)
            {
                throw new InvalidModelException($"'{session.Path}': expected an output 'embedding', found none; take an encoder, such as moco or autoencoder.");
            }
            DigitSet digits = Shard(common.Open(parsed, terminal, common.Spec(parsed, terminal), parsed.GetValue(split)), parsed.GetValue(shard));
            var clock = Stopwatch.StartNew();
            Embeddings embeddings = Run(terminal, session, digits, cancellation);
            double speed = digits.Count / clock.Elapsed.TotalSeconds;
            float[]? probabilities = embeddings.ClusterCount > 0 ? embeddings.Probabilities : null;
            EmbeddingFile.Write(path, new EmbeddingTable(digits.RowNames(), embeddings.Values, digits.Labels, embeddings.Clusters, probabilities));
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{digits.Count:n0} embeddings of {embeddings.Dimension} numbers in {path}, {speed:n0} images/s"));
            terminal.Event("embedded", new { Path = path, digits.Count, embeddings.Dimension, ImagesPerSecond = speed });
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    /// <summary>Runs the model over the images under a progress bar.</summary>
    public static Embeddings Run(Terminal terminal, EncoderSession session, DigitSet digits, CancellationToken cancellation)
    {
        Embeddings? result = null;
        terminal.WithProgress("embedding", digits.Count, "images", report => result = session.Run(digits, new Done(report), cancellation));
        return result!;
    }

    static DigitSet Shard(DigitSet digits, string? text)
    {
        if (text is null)
        {
            return digits;
        }
        string[] parts = text.Split('/');
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count) || index >= count || count > digits.Count)
        {
            throw new ArgumentException($"--shard '{text}': expected i/n with i in [0..n) and n at most the {digits.Count} images, such as 0/4.");
        }
        int start = (int)((long)digits.Count * index / count), end = (int)((long)digits.Count * (index + 1) / count);
        return digits.Slice(start, end - start);
    }

    sealed class Done(Action<long, string> report) : IProgress<int>
    {
        public void Report(int value) => report(value, "");
    }
}
