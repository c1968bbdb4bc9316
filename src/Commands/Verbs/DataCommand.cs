using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Strokes;
using Toolchain.Data.Tensors;

namespace Toolchain.Commands.Verbs;

/// <summary><c>uvl data fetch|info|strokes</c>.</summary>
static class DataCommand
{
    // Classes that a line has room for; --json has all.
    const int MostClasses = 100;

    public static Command Create() =>
        new("data", "Fetch a published dataset, describe any, or write drawn digits.") { Fetch(), Info(), DrawStrokes() };

    static Command Fetch()
    {
        var common = new CommonOptions();
        var name = new Argument<string>("NAME")
        {
            Description = $"One of {string.Join(", ", ImageSource.Published)}.",
            DefaultValueFactory = _ => ImageSource.Published[0],
        };
        name.HelpName = "NAME";
        name.CompletionSources.Add([.. ImageSource.Published]);
        name.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: string given }] && !ImageSource.Published.Contains(given))
            {
                result.AddError($"NAME '{given}': expected one of {string.Join(", ", ImageSource.Published)}.");
            }
        });
        var command = new Command("fetch", "Find or download a published dataset, and check every file's digest.\n\nExample: uvl data "
            + "fetch fashion-mnist") { name };
        command.SetAction(parsed =>
        {
            var terminal = new Terminal(parsed);
            foreach (Split split in new[] { Split.Train, Split.Test })
            {
                Describe(terminal, common.Open(parsed, terminal, parsed.GetValue(name)!, split));
            }
        });
        return command;
    }

    static Command Info()
    {
        var common = new CommonOptions();
        var split = new Choice<Split?>("--split") { Description = "train, test or all (default)." };
        var command = new Command("info", "Print a dataset's images, labels and digest.") { common.Data, common.Size,
            common.Colour, common.Fit, common.Polarity,
            common.Transpose,
            split, common.SkipBad };
        command.SetAction(parsed =>
        {
            var terminal = new Terminal(parsed);
            string spec = common.Spec(parsed, terminal, drawn: false);
            Describe(terminal, common.Open(parsed, terminal, spec, parsed.GetValue(split) ?? Split.All));
        });
        return command;
    }

    static Command DrawStrokes()
    {
        var count = new Option<int>("--count") { Description = "Number of images in an .npy.", DefaultValueFactory = _ => 70_000 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the drawing.", DefaultValueFactory = _ => 0 };
        var output = new Option<string>("--out")
        {
            Description = "A sheet of ten of each digit (.png), or the images as a tensor uint8 [N,28,28] "
                + "(.npy).",
            Required = true
        };
        var command = new Command("strokes", "Write drawn digits as a picture or a tensor.") { count, seed, output };
        command.SetAction((parsed, cancellation) =>
        {
            (var terminal, string path) = (new Terminal(parsed), parsed.GetValue(output)!);
            OutputPath.RequireFile(path);
            int images = 100; // of a sheet
            switch (Path.GetExtension(path).ToLowerInvariant())
            {
                case ".png":
                    StrokeDigits.WriteSheet(path, parsed.GetValue(seed));
                    terminal.Line($"ten of each digit in {path}");
                    break;
                case ".npy":
                    images = parsed.GetValue(count);
                    ImageSet data = StrokeDigits.Draw(images, parsed.GetValue(seed), cancellation: cancellation);
                    NpyFile.Write(path, TensorEntry.Of<byte>(data.Pixels, data.Count, data.Shape.Height, data.Shape.Width));
                    terminal.Line($"{images} digits in {path}");
                    break;
                default:
                    throw new ArgumentException($"--out '{path}': expected .png or .npy.");
            }
            terminal.Event("drawn", new JsonObject { ["path"] = path, ["images"] = images });
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    static string Classes(int count) =>
        count == 1 ? "1 class" : string.Create(CultureInfo.InvariantCulture, $"{count:n0} classes");

    static void Describe(Terminal terminal, ImageSet data)
    {
        int[] counts = new int[data.Classes?.Count ?? 0];
        foreach (int label in data.Labels ?? [])
        {
            counts[label]++;
        }
        string labels = data.Classes is not { } classes ? "no labels"
            : classes.AreDigits ? $"by digit {string.Join(" ", counts)}"
            : $"{Classes(counts.Length)}: {string.Join(", ", counts.Take(MostClasses).Select((count, label) =>
                $"{classes.NameOf(label)} {count}"))}{(counts.Length > MostClasses ? ", ..." : "")}";
        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{data.Name} {data.Split.ToString().ToLowerInvariant()}: "
            + $"{Printable.Count(data.Count, "image")} of {data.Preprocess}, {labels}"));
        terminal.Line($"  SHA-256 of pixels and labels {data.Sha256}");
        terminal.Event("dataset", new JsonObject
        {
            ["name"] = data.Name,
            ["split"] = data.Split.ToString().ToLowerInvariant(),
            ["count"] = data.Count,
            ["shape"] = new JsonArray(data.Shape.Channels, data.Shape.Height, data.Shape.Width),
            ["fit"] = Preprocess.Word(data.Preprocess.Fit),
            ["sha256"] = data.Sha256,
            ["labels"] = data.Labels is null ? null : new JsonArray([.. counts.Select(count => (JsonNode)count)]),
            ["classes"] = data.Classes is null ? null : new JsonArray([.. data.Classes.AllNames().Select(each => JsonValue.Create(each))]),
        });
    }
}
