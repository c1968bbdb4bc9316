using System.Globalization;

namespace Toolchain.Data;

/// <summary>Opens whatever `--data` names.</summary>
public static class DigitSource
{
    /// <summary>Images of `strokes` where the specification gives no count: as many as MNIST has.</summary>
    public const int DefaultStrokeCount = 70_000;

    /// <summary>Reads a dataset whole into memory.</summary>
    /// <param name="spec">
    /// `mnist`; `strokes[:count[:seed]]`; `images.idx,labels.idx` or `images.idx` (each may be gzipped); a folder of images, labelled where each image lies
    /// below a folder named 0..9; an .npy file (uint8, or float32 in [0,1]; [N,28,28] or [N,784]); a .parquet file with an image column; one image file;
    /// `-` for IDX images or .npy from the standard input. Files are told apart by their first bytes, not by their names.
    /// </param>
    /// <param name="split">
    /// The part wanted of `mnist` or `strokes` (there the last seventh is <see cref="Split.Test"/>). The other sources have no parts: they give
    /// every image whatever is asked, and the result's split is <see cref="Split.All"/>.
    /// </param>
    /// <param name="options">How to look; null for the defaults.</param>
    /// <exception cref="ArgumentException">The specification cannot be understood.</exception>
    /// <exception cref="FileNotFoundException">It names a file or folder that is not there.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or of the wrong kind; the message has path, expected and found.</exception>
    /// <exception cref="MnistUnavailableException">MNIST is neither on this machine nor to be downloaded.</exception>
    public static DigitSet Open(string spec, Split split, DigitSourceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(spec);
        options ??= new();
        if (spec == "mnist")
        {
            return MnistSource.Open(split, options);
        }
        if (spec == "strokes" || spec.StartsWith("strokes:", StringComparison.Ordinal))
        {
            return OpenStrokes(spec, split);
        }
        if (spec == "-")
        {
            return StreamSource.Open(options.StandardInput ?? Console.OpenStandardInput());
        }
        if (Directory.Exists(spec))
        {
            return FolderSource.Open(spec, options.SkipBad);
        }
        return File.Exists(spec) ? FileSource.Open(spec, options.SkipBad) : OpenPair(spec);
    }

    static DigitSet OpenStrokes(string spec, Split split)
    {
        string[] parts = spec.Split(':');
        int count = DefaultStrokeCount;
        ulong seed = 0;
        bool understood = parts.Length <= 3
            && (parts.Length < 2 || int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out count))
            && (parts.Length < 3 || ulong.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out seed));
        if (!understood || count is < 1 or > Strokes.MaxCount)
        {
            throw new ArgumentException($"'{spec}': expected strokes[:count[:seed]] with count in [1..{Strokes.MaxCount}], such as strokes:70000:0.", nameof(spec));
        }
        int trainCount = count - count / 7;
        return split switch
        {
            Split.Train => Strokes.Draw(trainCount, seed, 0, Split.Train),
            Split.Test when trainCount == count => throw new ArgumentException($"'{spec}': the test images are the last seventh, so count must be at least 7.", nameof(spec)),
            Split.Test => Strokes.Draw(count - trainCount, seed, trainCount, Split.Test),
            _ => Strokes.Draw(count, seed),
        };
    }

    // A file name may hold a comma, so every comma is tried as the one between the two.
    static DigitSet OpenPair(string spec)
    {
        for (int comma = spec.IndexOf(','); comma >= 0; comma = spec.IndexOf(',', comma + 1))
        {
            string images = spec[..comma], labels = spec[(comma + 1)..];
            if (File.Exists(images) && File.Exists(labels))
            {
                return FileSource.OpenPair(images, labels);
            }
        }
        string absent = spec.Split(',').FirstOrDefault(part => !File.Exists(part), spec);
        throw new FileNotFoundException(
            $"'{absent}': no such file or folder; expected mnist, strokes[:count[:seed]], images.idx[.gz][,labels.idx[.gz]], a folder of images, an .npy or .parquet file, or -.", absent);
    }
}
