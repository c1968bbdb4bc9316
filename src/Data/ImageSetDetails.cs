namespace Toolchain.Data;

/// <summary>What is known of the images of an <see cref="ImageSet"/> beside their pixels.</summary>
public sealed record ImageSetDetails
{
    /// <summary>Shape of the images, and how pictures became such.</summary>
    public Preprocess Preprocess { get; init; } = Preprocess.Mnist;

    /// <summary>What they show; null for writing where they are grey and objects where they have colour.</summary>
    public ImageContent? Content { get; init; }

    /// <summary>N classes in [0..K), or null where they are not known.</summary>
    public int[]? Labels { get; init; }

    /// <summary>What the labels count; null for as many classes as the labels reach, called by their numbers.</summary>
    public ImageClasses? Classes { get; init; }

    /// <summary>N names of where each image came from, or null where images have none.</summary>
    public string[]? FileNames { get; init; }

    /// <summary>One line, with name and reason, for each image that was left out because it could not be read.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>What was noticed about the source as a whole, a line each (<see cref="Streams.ImageStream.Remarks"/>).</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}
