namespace Toolchain.Data.Reading;

/// <summary>Bytes that a header promises.</summary>
/// <param name="Path">The file, named in errors.</param>
/// <param name="Offset">Where in the (uncompressed) file they start.</param>
/// <param name="Count">How many there are.</param>
/// <param name="What">What they are, such as "pixels".</param>
readonly record struct PromisedBytes(string Path, long Offset, long Count, string What);
