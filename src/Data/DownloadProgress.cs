namespace Toolchain.Data;

/// <summary>How far the download of one file is.</summary>
/// <param name="Source">The address that is read.</param>
/// <param name="ReceivedBytes">Bytes so far.</param>
/// <param name="TotalBytes">Bytes in all, or null where the server does not say.</param>
public sealed record DownloadProgress(Uri Source, long ReceivedBytes, long? TotalBytes);
