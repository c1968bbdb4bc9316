using Toolchain.Data.Files;
using Toolchain.Data.Glyphs;
using Toolchain.Data.Published;
using Toolchain.Data.Streams;
using Toolchain.Data.Strokes;

namespace Toolchain.Data.Sources;

/// <summary>Opens whatever `--data` names.</summary>
public static class ImageSource
{
    /// <summary>Images of `strokes` where the specification gives no count: as many as MNIST has.</summary>
    public const int DefaultStrokeCount = StrokeSpec.DefaultCount;

    /// <summary>Names of the published datasets that are found or downloaded by name.</summary>
    public static IReadOnlyList<string> Published { get; } = [.. PublishedTable.All.Select(dataset => dataset.Name)];

    /// <summary>Reads a dataset whole into memory.</summary>
    /// <param name="spec">As in <see cref="OpenStream"/>.</param>
    /// <param name="split">As in <see cref="OpenStream"/>.</param>
    /// <param name="options">How to look; null for the defaults.</param>
    /// <exception cref="ArgumentException">The specification cannot be understood.</exception>
    /// <exception cref="FileNotFoundException">It names a file or folder that is not there.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or of the wrong kind; the message has path, expected and found.</exception>
    /// <exception cref="DatasetUnavailableException">A published dataset is neither on this machine nor to be downloaded.</exception>
    public static ImageSet Open(string spec, Split split, ImageSourceOptions? options = null)
    {
        options ??= new();
        using ImageStream stream = OpenStream(spec, split, options);
        return stream.ToSet(options);
    }

    /// <summary>Opens a dataset to be read once, in constant memory however large it is.</summary>
    /// <param name="spec">
    /// One of <see cref="Published"/>; `strokes[:count[:seed[:SIZE[:gray|rgb]]]]`; `glyphs:FOLDER[:CHARACTERS[:SIZE[:gray|rgb]]]`,
    /// characters of the fonts in a folder (`digits`, `capitals`, `letters`, `alphanumeric` or the characters themselves);
    /// `images.idx,labels.idx` or `images.idx`; a binary batch of CIFAR-10, or the folder of all; a folder of images, also in sub-folders,
    /// whose names are the classes; an .npy or .npz file (any numbers in [0,1] or 0..255; [N,H,W], [N,C,H,W] or [N,H,W,C] of 1 or 3
    /// channels, or [N,D] with a square D, such as 784); a CSV table with an image a line, as Kaggle has MNIST; a .parquet file with an
    /// image column; a tar archive; one image file; `-` for IDX, .npy, CSV, tar, one image, or a list of paths (parted by NUL or line
    /// ends) from the standard input. IDX, .npy, CSV and tar may be gzipped. Files are told apart by their first bytes, not by their
    /// names.
    /// </param>
    /// <param name="split">
    /// The part wanted of a published dataset, of an .npz with x_train and x_test, of a folder with `train` and `test` in it, of `strokes`
    /// (there the last seventh is <see cref="Split.Test"/>), or of `glyphs` (a fifth of the families of fonts). The other sources have no
    /// parts: they give every image whatever is asked, and the result's split is <see cref="Split.All"/>.
    /// </param>
    /// <param name="options">How to look; null for the defaults.</param>
    /// <exception cref="ArgumentException">The specification cannot be understood.</exception>
    /// <exception cref="FileNotFoundException">It names a file or folder that is not there.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or of the wrong kind; the message has path, expected and found.</exception>
    /// <exception cref="DatasetUnavailableException">A published dataset is neither on this machine nor to be downloaded.</exception>
    public static ImageStream OpenStream(string spec, Split split, ImageSourceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(spec);
        options ??= new();
        ImageStream stream = Find(spec, split, options);
        try
        {
            stream.Survey(options);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads one picture that is in memory, such as a photo sent by a browser: PNG, PGM (P5), JPEG, WebP, BMP or GIF.</summary>
    /// <param name="file">The whole file, told apart by its first bytes.</param>
    /// <param name="name">Names the picture in errors.</param>
    /// <param name="options">What it becomes; null for the defaults.</param>
    /// <returns>A set of one image.</returns>
    /// <exception cref="InvalidDataException">It is damaged, too large, an animation, or no picture.</exception>
    public static ImageSet OpenPicture(ReadOnlyMemory<byte> file, string name, ImageSourceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        options ??= new();
        using var stream = new OneImageStream(name, name, file);
        stream.Survey(options);
        return stream.ToSet(options with { SkipBad = false });
    }

    /// <summary>Images that are in memory as a stream.</summary>
    public static ImageStream Of(ImageSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var stream = new SetStream(data);
        stream.Survey(new());
        return stream;
    }

    /// <summary>The error for a source of which not one image can be read.</summary>
    /// <param name="source">The source.</param>
    /// <param name="badCount">Images that cannot be read.</param>
    public static InvalidDataException NoneReadable(ImageStream source, long badCount)
    {
        ArgumentNullException.ThrowIfNull(source);
        return ImageCollector.NoneReadable(source.Source, badCount, null);
    }

    static ImageStream Find(string spec, Split split, ImageSourceOptions options)
    {
        if (PublishedTable.All.FirstOrDefault(dataset => dataset.Name == spec) is { } published)
        {
            return new SetStream(PublishedSource.Open(published, split, options));
        }
        if (StrokeSpec.IsOne(spec))
        {
            return new StrokeStream(StrokeSpec.Parse(spec, split), split);
        }
        if (spec == "glyphs" || spec.StartsWith(GlyphSpec.Prefix, StringComparison.Ordinal))
        {
            ImageSet glyphs = GlyphSet.Draw(GlyphSpec.Parse(spec), split);
            return new SetStream(glyphs, $"{spec} {glyphs.Sha256}");
        }
        if (spec == "-")
        {
            return FileSource.OpenPipe(options.StandardInput ?? Console.OpenStandardInput(), isStreaming: options.IsStreaming);
        }
        if (Directory.Exists(spec))
        {
            return PublishedSource.OpenFolder(PublishedTable.Cifar10, spec, split) is { } batches
                ? new SetStream(batches, $"{spec} {batches.Sha256}") : FileListStream.OfFolder(spec, split);
        }
        return File.Exists(spec) ? FileSource.Open(spec, split) : OpenPair(spec);
    }

    // A file name may hold a comma, so every comma is tried as the one between the two.
    static ImageStream OpenPair(string spec)
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
            $"'{absent}': no such file or folder; expected {string.Join(", ", Published)}, {StrokeSpec.Form}, {GlyphSpec.Form}, "
                + "images.idx[.gz][,labels.idx[.gz]], a folder of images, an .npy, .npz, .csv, .parquet, .bin (CIFAR-10) or .tar file, "
                + "or -.", absent);
    }
}
