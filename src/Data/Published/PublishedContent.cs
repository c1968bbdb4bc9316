namespace Toolchain.Data.Published;

/// <summary>A file of a dataset as it was found.</summary>
/// <param name="Path">Path or address, for errors.</param>
/// <param name="Bytes">Its uncompressed bytes, checked.</param>
sealed record PublishedContent(string Path, byte[] Bytes);
