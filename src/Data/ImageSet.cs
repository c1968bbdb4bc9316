using System.Security.Cryptography;

namespace Toolchain.Data;

/// <summary>
/// N images of one shape with what is known about them. Immutable by agreement: nobody writes into the arrays.
/// </summary>
public sealed partial class ImageSet
{
    readonly ImageSetDetails details;
    readonly Lazy<string> sha256;

    /// <summary>Takes the arrays as they are, without a copy.</summary>
    /// <param name="name">What a report calls the dataset, such as "mnist".</param>
    /// <param name="split">The part of the dataset this is.</param>
    /// <param name="pixels">N * C * H * W bytes, image after image, channel after channel, row-major; of digits 0 is background and 255
    /// full ink.</param>
    /// <param name="details">Shape, labels, file names and remarks; null for unlabelled digits as MNIST has them.</param>
    /// <exception cref="ArgumentException">Lengths disagree, or a label is of no class.</exception>
    public ImageSet(string name, Split split, byte[] pixels, ImageSetDetails? details = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(pixels);
        this.details = details ?? new();
        if (pixels.Length % Shape.Size != 0)
        {
            throw new ArgumentException($"'{nameof(pixels)}' must hold N * {Shape.Size} bytes, was {pixels.Length}.", nameof(pixels));
        }
        Name = name;
        Split = split;
        Pixels = pixels;
        Count = pixels.Length / Shape.Size;
        this.details = WithClasses(this.details);
        sha256 = new(ComputeSha256);
    }

    /// <summary>What a report calls the dataset.</summary>
    public string Name { get; }

    /// <summary>The part of the dataset this is.</summary>
    public Split Split { get; }

    /// <summary>N, the number of images.</summary>
    public int Count { get; }

    /// <summary>Shape of the images, and how pictures became such.</summary>
    public Preprocess Preprocess => details.Preprocess;

    /// <summary>Channels and size of an image.</summary>
    public ImageShape Shape => Preprocess.Shape;

    /// <summary>What they show: writing where they are grey, objects where they have colour, unless the source says otherwise.</summary>
    public ImageContent Content => details.Content ?? (Shape.IsRgb ? ImageContent.Objects : ImageContent.Writing);

    /// <summary>N * C * H * W bytes, image after image, channel after channel, row-major; of digits 0 is background.</summary>
    public byte[] Pixels { get; }

    /// <summary>N classes in [0..K), or null.</summary>
    public int[]? Labels => details.Labels;

    /// <summary>What the labels count; null without labels.</summary>
    public ImageClasses? Classes => details.Classes;

    /// <summary>Clusters to expect: as many as classes have an image, ten for digits; null without labels.</summary>
    public int? ExpectedClusters => Classes is { AreDigits: true } ? ImageClasses.Digits.Count : Labels?.Distinct().Count();

    /// <summary>N names of where each image came from, or null.</summary>
    public string[]? FileNames => details.FileNames;

    /// <summary>One line, with name and reason, for each image that was left out because it could not be read.</summary>
    public IReadOnlyList<string> Skipped => details.Skipped;

    /// <summary>What was noticed about the source as a whole, a line each (<see cref="Streams.ImageStream.Remarks"/>).</summary>
    public IReadOnlyList<string> Remarks => details.Remarks;

    /// <summary>
    /// SHA-256, 64 lower-case hex digits, of <see cref="Pixels"/> followed by <see cref="Labels"/> where there are any, a byte each (of
    /// more than 256 classes two, the lower first): of the bytes that are used, whatever file they came from. For MNIST this is therefore
    /// not the digest of a file.
    /// </summary>
    public string Sha256 => sha256.Value;

    /// <summary>The C * H * W bytes of one image, channel after channel, row-major.</summary>
    /// <param name="index">0-based number of the image, in [0..N).</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    public ReadOnlySpan<byte> Image(int index) => Pixels.AsSpan(index * Shape.Size, Shape.Size);

    /// <summary>A copy of the images [start..start+count).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the set.</exception>
    public ImageSet Slice(int start, int count)
    {
        if (start < 0 || count < 0 || start > Count - count)
        {
            throw new ArgumentOutOfRangeException(nameof(start),
                $"'{nameof(start)}'..'{nameof(start)}+{nameof(count)}' must lie in [0..{Count}], was [{start}..{(long)start + count}].");
        }
        return new(Name, Split, Pixels.AsSpan(start * Shape.Size, count * Shape.Size).ToArray(), details with
        {
            Labels = Labels?.AsSpan(start, count).ToArray(),
            FileNames = FileNames?.AsSpan(start, count).ToArray(),
        });
    }

    /// <summary>A copy of the images whose 0-based numbers are wanted.</summary>
    public ImageSet Where(Predicate<int> isWanted)
    {
        int[] wanted = [.. Enumerable.Range(0, Count).Where(index => isWanted(index))];
        byte[] pixels = new byte[wanted.Length * Shape.Size];
        for (int row = 0; row < wanted.Length; row++)
        {
            Image(wanted[row]).CopyTo(pixels.AsSpan(row * Shape.Size));
        }
        return new(Name, Split, pixels, details with
        {
            Labels = Labels is null ? null : Array.ConvertAll(wanted, index => Labels[index]),
            FileNames = FileNames is null ? null : Array.ConvertAll(wanted, index => FileNames[index]),
        });
    }

    /// <summary>The first <paramref name="count"/> images, or all where there are fewer.</summary>
    public ImageSet Take(int count) => count >= Count ? this : Slice(0, count);

    // The details with the classes of their labels, once both are known to fit the images.
    ImageSetDetails WithClasses(ImageSetDetails given)
    {
        RequireCount(given.Labels?.Length, "labels");
        RequireCount(given.FileNames?.Length, "fileNames");
        if (given.Labels is not int[] labels)
        {
            return given with { Classes = null };
        }
        ImageClasses classes = given.Classes ?? ImageClasses.Reached(labels);
        int most = classes.Count - 1, wrong = labels.AsSpan().IndexOfAnyExceptInRange(0, most);
        return wrong < 0 ? given with { Classes = classes }
            : throw new ArgumentException($"'{nameof(labels)}[{wrong}]' must be in [0..{most}], was {labels[wrong]}.", nameof(labels));
    }

    void RequireCount(int? length, string parameter)
    {
        if (length is { } found && found != Count)
        {
            throw new ArgumentException($"'{parameter}' must have one entry for each of the {Count} images, had {found}.", parameter);
        }
    }

    string ComputeSha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Pixels);
        int width = Classes is { Count: > 256 } ? 2 : 1;
        byte[] labels = new byte[width * (Labels?.Length ?? 0)];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = (byte)(Labels![i / width] >> (8 * (i % width)));
        }
        hash.AppendData(labels);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
