namespace Toolchain.Data.Published;

/// <summary>The files with the images to train on, or to test on.</summary>
/// <param name="Count">Number of images.</param>
/// <param name="Files">The files, in the order in which they are read.</param>
sealed record PublishedPart(int Count, params IReadOnlyList<PublishedFile> Files);
