using Toolchain.Data.Sources;

namespace Toolchain.Data.Streams;

/// <summary>
/// Images in a fixed order, read once, forwards, however many there are. An image that cannot be read keeps its place, so that names,
/// labels and rows never shift against each other. To be used by one thread at a time; open one with <see cref="ImageSource.OpenStream"/>.
/// </summary>
public abstract class ImageStream : IDisposable
{
    readonly string? source;
    ImageBatch? scratch;

    private protected ImageStream(string name, Split split, long? count, ImageClasses? classes = null)
    {
        (Name, Split, Count, Classes) = (name, split, count, classes);
    }

    /// <summary>What a report calls the dataset.</summary>
    public string Name { get; }

    /// <summary>Named in errors about the source as a whole.</summary>
    internal string Source { get => source ?? Name; private protected init => source = value; }

    /// <summary>The part of the dataset this is.</summary>
    public Split Split { get; }

    /// <summary>Number of images, or null where only the end will tell, as with a pipe.</summary>
    public long? Count { get; }

    /// <summary>What the labels of the images count; null where not every image has one. Of a pipe it is known of the images read so far:
    /// it becomes null where one has none.</summary>
    public ImageClasses? Classes { get; private protected set; }

    /// <summary>Whether every image has its class.</summary>
    public bool IsLabelled => Classes is not null;

    /// <summary>What was noticed about the source as a whole and what is done about it, a line each: polarity, scale, labels that are no
    /// classes.</summary>
    public IReadOnlyList<string> Remarks => Noticed;

    /// <summary>What its images become: as <see cref="ImageSourceOptions"/> say, or else as the images ask for.</summary>
    public Preprocess Preprocess { get; private set; } = Preprocess.Mnist;

    /// <summary>What is done about polarity: images are inverted, kept, or each judged by itself (<see cref="Polarity.Auto"/>).</summary>
    public Polarity Polarity { get; private set; } = Polarity.Light;

    /// <summary>Whether rows and columns are swapped.</summary>
    public bool IsTransposed { get; private set; }

    private protected List<string> Noticed { get; } = [];

    /// <summary>Images read and skipped so far.</summary>
    public long Position { get; private set; }

    /// <summary>
    /// A text that changes when the source does (paths, names, size and time of a single file; of many files <see cref="ReadAgain"/> tells
    /// more), or null for a pipe, of which nothing can be known.
    /// </summary>
    public virtual string? Fingerprint => null;

    /// <summary>Fills a batch with the next images, still to be decoded by <see cref="ImageBatch.Decode"/>.</summary>
    /// <param name="batch">Takes the images; what it held is lost.</param>
    /// <param name="count">Images wanted, in [1..capacity]; fewer come only at the end.</param>
    /// <returns>False at the end, when there were none.</returns>
    /// <exception cref="InvalidDataException">The source as a whole is damaged.</exception>
    public bool Read(ImageBatch batch, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, batch.Capacity);
        Prepare(batch);
        batch.First = Position;
        batch.Count = Fill(batch, count);
        Position += batch.Count;
        return batch.Count > 0;
    }

    /// <summary>Fills a batch with images from anywhere, whatever is read next.</summary>
    /// <param name="batch">Takes the images.</param>
    /// <param name="first">0-based number of the first.</param>
    /// <param name="count">Images wanted, in [1..capacity]; so many there must be.</param>
    /// <returns>False, always, where the source is one file, of which <see cref="Fingerprint"/> tells enough.</returns>
    public virtual bool ReadAgain(ImageBatch batch, long first, int count) => false;

    /// <summary>Goes past images without decoding them.</summary>
    /// <exception cref="InvalidDataException">The source ends before, or is damaged.</exception>
    public void Skip(long count)
    {
        long end = Position + count;
        Position += Pass(count);
        scratch ??= new ImageBatch(256, Preprocess.Shape);
        while (Position < end)
        {
            if (!Read(scratch, (int)Math.Min(scratch.Capacity, end - Position)))
            {
                throw new InvalidDataException($"'{Name}': expected at least {end} images, found {Position}; the source has changed.");
            }
        }
    }

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Looks at some images, before the first is read, and decides what is done with all.</summary>
    internal void Survey(ImageSourceOptions options)
    {
        IReadOnlyList<SurveyedImage> sample = options.IsStreaming ? [] : SourceSurvey.Decode(Sample(), options.Channels ?? 3);
        Preprocess natural = Natural ?? (options.Fit == FitMode.Digit ? Preprocess.Mnist : SourceSurvey.Natural(sample, Classes));
        var shape = new ImageShape(options.Channels ?? natural.Shape.Channels, options.Height ?? natural.Shape.Height,
            options.Width ?? natural.Shape.Width);
        FitMode fit = options.Fit ?? (shape.IsRgb && natural.Fit == FitMode.Digit ? FitMode.Letterbox : natural.Fit);
        Preprocess = new(shape, fit, options.Polarity);
        RequireValid(options);
        IsTransposed = options.IsTransposed;
        Polarity given = Preprocess is { Fit: not FitMode.Digit, Polarity: Polarity.Auto } ? Polarity.Light : options.Polarity;
        Polarity = options.IsStreaming ? given
            : SourceSurvey.Judge(sample, given, IsTransposed || Preprocess.Fit != FitMode.Digit, Noticed);
    }

    void RequireValid(ImageSourceOptions options)
    {
        ImageShape shape = Preprocess.Shape;
        if (!shape.IsValid)
        {
            throw new InvalidDataException($"'{Source}': expected images of {ImageShape.LeastSide} to {ImageShape.MostSide} pixels a side, "
                + $"found {shape}; say another size (--size).");
        }
        if (shape.IsRgb && options.Fit == FitMode.Digit)
        {
            throw new ArgumentException($"--fit digit: expected grey images, found {shape}; take letterbox, crop or stretch.");
        }
        if (options.IsTransposed && shape.Width != shape.Height)
        {
            throw new InvalidDataException($"'{Source}': expected square images to swap rows and columns of, found {shape}.");
        }
    }

    /// <summary>Goes on without labels, which an image of a pipe turned out not to have, and says so.</summary>
    private protected void DropLabels(long index, string found)
    {
        ClassLabels.LeaveOut(Noticed, Source, $"that of image {index} should be a digit 0..9 on a pipe, was {found}");
        Classes = null;
    }

    /// <summary>What its images show; null where only their colours tell.</summary>
    internal virtual ImageContent? Content => null;

    /// <summary>All images at once, of a source that need not be read image by image; null for none.</summary>
    internal virtual ImageSet? Whole => null;

    /// <summary>What images ask for that are known before they are looked at; null where some are looked at for it.</summary>
    private protected virtual Preprocess? Natural => null;

    /// <summary>Tells a batch what its images need.</summary>
    private protected void Prepare(ImageBatch batch)
    {
        if (batch.Shape != Preprocess.Shape)
        {
            throw new ArgumentException($"'{nameof(batch)}' must be of images of {Preprocess.Shape}, was of {batch.Shape}.", nameof(batch));
        }
        (batch.Preprocess, batch.IsTransposed) = (Preprocess with { Polarity = Polarity }, IsTransposed);
    }

    /// <summary>Some images, at most <see cref="SourceSurvey.Images"/>, without going on; none of a source whose images are known to be as
    /// MNIST's.</summary>
    private protected virtual IReadOnlyList<PendingImage> Sample() => [];

    /// <summary>Puts the next images into rows 0.. and returns their number; fewer than asked for only at the end.</summary>
    private protected abstract int Fill(ImageBatch batch, int count);

    /// <summary>Goes past as many images, of <paramref name="count"/>, as can be without reading them.</summary>
    private protected virtual long Pass(long count) => 0;
}
