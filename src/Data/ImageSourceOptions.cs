using Toolchain.Data.Sources;

namespace Toolchain.Data;

/// <summary>How <see cref="ImageSource"/> looks for images.</summary>
public sealed record ImageSourceOptions
{
    /// <summary>
    /// True to leave out, and name in <see cref="ImageSet.Skipped"/>, each image that cannot be read; false to stop at the first.
    /// </summary>
    public bool SkipBad { get; init; }

    /// <summary>What happens to images of another size than 28 x 28.</summary>
    public FitMode Fit { get; init; } = FitMode.Digit;

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
}
