namespace Toolchain.Data.Streams;

/// <summary>Where an image stands in its source, for an error.</summary>
/// <param name="Path">The source.</param>
/// <param name="Unit">What the number counts, such as "image" or "line".</param>
/// <param name="Number">The image's number there.</param>
readonly record struct ImagePlace(string Path, string Unit, long Number);
