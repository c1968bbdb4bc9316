using Toolchain.Data.Sources;

namespace Toolchain.Data;

/// <summary>How <see cref="ImageSource"/> looks for images.</summary>
public sealed record ImageSourceOptions
{
    /// <summary>
    /// True to leave out, and name in <see cref="ImageSet.Skipped"/>, each image that cannot be read; false to stop at the first.
    /// </summary>
    public bool SkipBad { get; init; }

    /// <summary>
    /// Channels that images get, 1 or 3; null, as for their size, for what the source asks for. Digits, and grey images without labels,
    /// become 28 x 28 grey; others keep their size where all of up to 256 images looked at have one of 8 to 128 pixels a side, else they
    /// become a square: of 28 pixels where the median of their longer sides is at most 28, of 32 where it is below 48, else of 64. They
    /// have colour where any of these images has.
    /// </summary>
    public int? Channels { get; init; }

    /// <summary>Rows that images get; null as for <see cref="Channels"/>.</summary>
    public int? Height { get; init; }

    /// <summary>Columns that images get; null as for <see cref="Channels"/>.</summary>
    public int? Width { get; init; }

    /// <summary>What happens to images of another size; null for <see cref="FitMode.Digit"/> where the source has digits, or grey images
    /// without labels, else <see cref="FitMode.Letterbox"/>.</summary>
    public FitMode? Fit { get; init; }

    /// <summary>
    /// Whether digits are dark on light and inverted. <see cref="Polarity.Auto"/> looks at up to 256 images of the source: where nearly all
    /// agree, all are taken so; of a mixed source each image is judged by itself; with another <see cref="Fit"/> than that of digits none
    /// is inverted.
    /// </summary>
    public Polarity Polarity { get; init; }

    /// <summary>True to swap rows and columns of every image, as EMNIST's need it.</summary>
    public bool IsTransposed { get; init; }

    /// <summary>Told about downloads, several times a file; null for silence.</summary>
    public IProgress<DownloadProgress>? Progress { get; init; }

    /// <summary>
    /// The folder in which each published dataset has a sub-folder of its name, such as `mnist`; null for the value of the environment
    /// variable UVL_DATA_DIR, which may be unset.
    /// </summary>
    public string? DataFolder { get; init; }

    /// <summary>
    /// The folder for downloads; null for `uvl` in the user's cache folder (XDG_CACHE_HOME, ~/.cache, or LocalApplicationData on Windows).
    /// </summary>
    public string? CacheFolder { get; init; }

    /// <summary>True to touch no network.</summary>
    public bool Offline { get; init; }

    /// <summary>Sends the requests; null for the network. Not disposed.</summary>
    public HttpMessageHandler? HttpHandler { get; init; }

    /// <summary>Folders on the web that hold the dataset's files as they are published, tried in this order; null for its own.</summary>
    public IReadOnlyList<Uri>? Mirrors { get; init; }

    /// <summary>What `-` reads; null for the standard input. Not disposed.</summary>
    public Stream? StandardInput { get; init; }

    /// <summary>
    /// True to take the images of `-` as they come, of any number: a list of paths is not read whole, no image is looked at before its turn
    /// (where <see cref="Polarity"/> is <see cref="Polarity.Auto"/> each is judged by itself), none has a label, and there may be none.
    /// </summary>
    public bool IsStreaming { get; init; }

    /// <summary>The same options for images that become a model's input.</summary>
    /// <param name="model">What the model asks for; its fit and polarity yield to those given here.</param>
    public ImageSourceOptions For(Preprocess model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return this with
        {
            Channels = model.Shape.Channels,
            Height = model.Shape.Height,
            Width = model.Shape.Width,
            Fit = Fit ?? model.Fit,
            Polarity = Polarity == Polarity.Auto ? model.Polarity : Polarity,
        };
    }
}
