namespace Toolchain.Data.Streams;

/// <summary>Where the images of a <see cref="TensorStream"/> come from.</summary>
/// <param name="Name">What a report calls the dataset.</param>
/// <param name="Path">Named in errors.</param>
/// <param name="Packed">The file that the content is unpacked from, or null; disposed with the stream.</param>
readonly record struct TensorOrigin(string Name, string Path, FileStream? Packed = null)
{
    /// <summary>The part of the dataset that they are.</summary>
    public Split Split { get; init; } = Split.All;
}
