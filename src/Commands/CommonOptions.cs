using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Toolchain.Data;
using Toolchain.Data.Sources;
using Toolchain.Inference;

namespace Toolchain.Commands;

/// <summary>Options that several commands share, made anew for each, and how to read them.</summary>
public sealed class CommonOptions
{
    /// <summary>Which images.</summary>
    public Option<string?> Data { get; } = new("--data")
    {
        Description = "mnist (default; strokes if it cannot be found or downloaded), "
            + $"{string.Join(", ", ImageSource.Published.Skip(1))}, strokes[:count[:seed[:SIZE[:gray|rgb]]]], "
            + "glyphs:FOLDER[:CHARACTERS[:SIZE[:gray|rgb]]], images.idx[.gz],labels.idx[.gz], a folder of images, .npy, .npz, .csv, "
            + ".parquet, .bin (CIFAR-10), .tar[.gz], or - for standard input (IDX, .npy, CSV, tar, one image, or a list of paths).",
    };

    /// <summary>Leave out what cannot be read.</summary>
    public Option<bool> SkipBad { get; } = new("--skip-bad") { Description = "Omit unreadable images and list them." };

    /// <summary>What happens to images that are not as MNIST's are.</summary>
    public Choice<FitMode> Fit { get; } = new("--fit")
    {
        Description = "How pictures of other sizes become a model's input; by default as the model says, in training digit for digits and "
            + "letterbox for other images. digit: as MNIST's, cut to the ink, dark on light inverted; letterbox: whole, aspect kept; "
            + "crop: the middle; stretch: whole, aspect changed; none: reject.",
    };

    /// <summary>Size of the images that a model is trained on.</summary>
    public Option<string?> Size { get; } = new("--size")
    {
        Description = "Size of the model's images, pixels: 32, or 64x48 for width and height; by default 28 for digits, else that of the "
            + $"images, or 28, 32 or 64 where they differ. From {ImageShape.LeastSide} to {ImageShape.MostSide}.",
    };

    /// <summary>Channels of the images that a model is trained on.</summary>
    public Choice<Colour?> Colour { get; } = new("--color") { Description = "gray or rgb; by default rgb where the images have colour." };

    /// <summary>Whether digits are dark on light.</summary>
    public Choice<Polarity> Polarity { get; } = new("--polarity")
    {
        Description = "auto (default): detect dark digits on a light ground and invert them; dark: invert all; light: invert none.",
    };

    /// <summary>Whether rows and columns are swapped.</summary>
    public Option<bool> Transpose { get; } = new("--transpose") { Description = "Swap rows and columns of every image, as EMNIST needs." };

    /// <summary>Whether the novelty score is written.</summary>
    public Option<bool> Novelty { get; } = new("--novelty")
    {
        Description = "Also write the distance of each image to the training images, for a calibrated model (uvl calibrate); above 1 is "
            + "farther than 99 % of them.",
    };

    /// <summary>Threads.</summary>
    public Option<int> Threads { get; } = new("--threads")
    {
        Description = "Number of threads; 0 uses all processors.",
        DefaultValueFactory = _ => 0,
        Validators = { RequireThreads }
    };

    /// <summary>The processor that runs models.</summary>
    public Choice<ComputeDevice> Device { get; } = new("--device") { Description = "auto (default), cpu or cuda." };

    /// <summary>Seed of what is fitted.</summary>
    public Option<int> Seed { get; } = new("--seed") { Description = "Random seed.", DefaultValueFactory = _ => 0 };

    /// <summary>A number of clusters from the command line; null where none was given.</summary>
    /// <exception cref="ArgumentException">It is below 1.</exception>
    public static int? CountOf(ParseResult parsed, Option<int> option) => parsed.GetResult(option) is not { Implicit: false } ? null
        : parsed.GetValue(option) is > 0 and int count ? count
        : throw new ArgumentException($"{option.Name} '{parsed.GetValue(option)}': expected at least 1.");

    /// <summary>The file that MODEL means: of a folder, such as a run's, its model.onnx; of a bundle onnx/model.onnx.</summary>
    public static string ModelFile(string given) => ModelFile(given, RunLayout.Model);

    /// <summary>The same of a model that is called <paramref name="name"/> in its folder.</summary>
    public static string ModelFile(string given, string name) => !Directory.Exists(given) ? given
        : Path.Combine(given, name) is var file && !File.Exists(file)
            && Path.Combine(given, RunLayout.Bundled, name) is var bundled && File.Exists(bundled) ? bundled : file;

    /// <summary>Rejects an output path that would overwrite an input.</summary>
    /// <param name="output">What <c>--out</c> says.</param>
    /// <param name="written">The files that are written for it.</param>
    /// <param name="read">The files that are read; pairs as <c>--data</c> takes them.</param>
    /// <exception cref="ArgumentException">A file is among both.</exception>
    public static void RequireApart(string output, string[] written, params string[] read)
    {
        foreach (string file in written.Append(output))
        {
            OutputPath.RequireFile(file);
        }
        foreach (string spec in read)
        {
            string[] files = [spec, .. spec.Split(',', StringSplitOptions.RemoveEmptyEntries)];
            if (Array.Find(files, file => Array.Exists(written, other => Path.GetFullPath(other) == Path.GetFullPath(file))) is string both)
            {
                throw new ArgumentException($"--out '{output}': writing it would replace '{both}', which is read; name another file.");
            }
        }
    }

    /// <summary>How models run, from the command line.</summary>
    public EncoderOptions Encoder(ParseResult parsed) =>
        new() { Device = parsed.GetValue(Device), Threads = parsed.GetValue(Threads), Trial = ProgramStart.Trial };

    /// <summary>The value of <c>--data</c>; without one "mnist", or "strokes" where MNIST cannot be found or downloaded.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="terminal">Receives a warning where synthetic digits are used.</param>
    /// <param name="drawn">Whether synthetic digits may stand in; false where a model is applied to the user's images.</param>
    /// <exception cref="ArgumentException">There is no value, no MNIST, and synthetic digits may not stand in.</exception>
    public string Spec(ParseResult parsed, Terminal terminal, bool drawn = true)
    {
        if (parsed.GetValue(Data) is string given)
        {
            return given;
        }
        try
        {
            _ = ImageSource.Open("mnist", Split.Test, Source(parsed, terminal));
            return "mnist";
        }
        catch (DatasetUnavailableException error) when (!drawn)
        {
            throw new ArgumentException($"--data: expected the images, found none, and the default cannot be had: {error.Message}", error);
        }
        catch (DatasetUnavailableException error)
        {
            terminal.Note($"{error.Message}");
            terminal.Note("Falling back to 'strokes', synthetic digits drawn by this program: all figures below are for them, not for "
                + "MNIST.");
            return "strokes";
        }
    }

    /// <summary>Warns where <c>--split</c> asks for a part of a source that has none.</summary>
    public static void NoteParts(ParseResult parsed, Terminal terminal, string name, Split asked, Split found)
    {
        if (found == Split.All && asked != Split.All && parsed.GetResult("--split") is OptionResult { Implicit: false })
        {
            terminal.Note($"--split: '{name}' has no parts; all images are taken");
        }
    }

    /// <summary>Opens the images of <paramref name="spec"/> and says what was skipped.</summary>
    public ImageSet Open(ParseResult parsed, Terminal terminal, string spec, Split split, Preprocess? model = null) =>
        Open(parsed, terminal, spec, split, Source(parsed, terminal, model));

    static ImageSet Open(ParseResult parsed, Terminal terminal, string spec, Split split, ImageSourceOptions options)
    {
        ImageSet data = ImageSource.Open(spec, split, options);
        NoteParts(parsed, terminal, data.Name, split, data.Split);
        foreach (string line in data.Remarks)
        {
            terminal.NoteOnce(line);
        }
        foreach (string line in data.Skipped)
        {
            terminal.Note($"skipped: {line}");
        }
        if (data.Skipped.Count > 0)
        {
            terminal.Note($"{Printable.Count(data.Skipped.Count, "image")} skipped, {data.Count:n0} read.");
        }
        return data;
    }

    /// <summary>
    /// Opens training and test images. Where there are no parts, such as in a pipe, which is read but once, both are all images.
    /// </summary>
    public (ImageSet Train, ImageSet Test) OpenBoth(
        ParseResult parsed, Terminal terminal, string spec, Preprocess? model = null)
    {
        ImageSourceOptions options = Source(parsed, terminal, model);
        ImageSet train = Open(parsed, terminal, spec, Split.Train, options);
        return (train, train.Split == Split.All ? train
            : Open(parsed, terminal, spec, Split.Test, options.For(train.Preprocess)));
    }

    /// <summary>How sources are looked for, from the command line.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="terminal">Where downloads are told.</param>
    /// <param name="model">What the model asks for, which the command line may overrule in its fit and polarity; null where it is to be
    /// trained.</param>
    /// <exception cref="ArgumentException">The size is none, or a model decides it.</exception>
    public ImageSourceOptions Source(ParseResult parsed, Terminal terminal, Preprocess? model = null)
    {
        (int? width, int? height) = parsed.GetValue(Size) is string size ? SizeOf(size) : default((int?, int?));
        var options = new ImageSourceOptions
        {
            Fit = parsed.GetResult(Fit) is null ? null : parsed.GetValue(Fit),
            Width = width,
            Height = height,
            Channels = parsed.GetValue(Colour) switch { Commands.Colour.Rgb => 3, Commands.Colour.Gray => 1, _ => null },
            SkipBad = parsed.GetValue(SkipBad),
            Polarity = parsed.GetValue(Polarity),
            IsTransposed = parsed.GetValue(Transpose),
            Progress = new DownloadLines(terminal),
        };
        return model is null ? options
            : (width, options.Channels) == (null, null) ? options.For(model)
            : throw new ArgumentException($"--size, --color: expected neither where a run or a model decides ({model}); begin a new run.");
    }

    static (int?, int?) SizeOf(string text)
    {
        int[] sides = [.. text.Split('x').Select(side => int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out int pixels)
            ? pixels : 0)];
        return sides.Length <= 2 && Array.TrueForAll(sides, side => side is >= ImageShape.LeastSide and <= ImageShape.MostSide)
            ? (sides[0], sides[^1])
            : throw new ArgumentException($"--size '{text}': expected pixels a side, from {ImageShape.LeastSide} to {ImageShape.MostSide}, "
                + "such as 32 or 64x48.");
    }

    // With a thousand threads on two processors libtorch did not finish its first step.
    static readonly int mostThreads = Math.Max(64, Environment.ProcessorCount);

    static void RequireThreads(OptionResult result)
    {
        if (result.Tokens is [{ Value: string given }]
            && !(int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= mostThreads))
        {
            result.AddError($"--threads '{given}': expected at most {mostThreads} threads, or 0 for all processors.");
        }
    }

    sealed class DownloadLines(Terminal terminal) : IProgress<DownloadProgress>
    {
        Uri? source;

        public void Report(DownloadProgress value)
        {
            if (value.Source != source)
            {
                source = value.Source;
                terminal.Note($"downloading {source}");
            }
        }
    }
}
