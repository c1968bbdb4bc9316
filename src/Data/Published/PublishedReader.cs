using Toolchain.Data.Reading;

namespace Toolchain.Data.Published;

/// <summary>Reads the images and labels of a part of a published dataset.</summary>
/// <param name="files">The uncompressed bytes of its files, in their order, with the path that errors name.</param>
/// <param name="shape">Of its images.</param>
/// <exception cref="InvalidDataException">A file is malformed; the message has path, expected and found.</exception>
delegate LabelledPixels PublishedReader(IReadOnlyList<PublishedContent> files, ImageShape shape);
