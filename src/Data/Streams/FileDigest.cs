using System.Security.Cryptography;
using System.Text;

namespace Toolchain.Data;

/// <summary>A digest of files by what their folders say of them: names, sizes, times.</summary>
static class FileDigest
{
    const int FilesPerPart = 1024;

    /// <summary>SHA-256 in hexadecimal over the SHA-256 of each part of the list. Asking for a file takes the system longer than hashing the answer, so all processors ask.</summary>
    public static string Of(string folder, string[] names)
    {
        int parts = (names.Length + FilesPerPart - 1) / FilesPerPart;
        byte[] digests = new byte[parts * SHA256.HashSizeInBytes];
        Parallel.For(0, parts, part =>
        {
            int first = part * FilesPerPart;
            Digest(folder, names.AsSpan(first, Math.Min(FilesPerPart, names.Length - first)), digests.AsSpan(part * SHA256.HashSizeInBytes, SHA256.HashSizeInBytes));
        });
        return Convert.ToHexStringLower(SHA256.HashData(digests));
    }

    static void Digest(string folder, ReadOnlySpan<string> names, Span<byte> digest)
    {
        using var text = new MemoryStream();
        using var writer = new BinaryWriter(text, Encoding.UTF8);
        foreach (string name in names)
        {
            writer.Write(name);
            WriteState(writer, Path.Combine(folder, name));
        }
        SHA256.HashData(text.GetBuffer().AsSpan(0, (int)text.Length), digest);
    }

    // Size and time of last writing; of a file that cannot be opened -1.
    static void WriteState(BinaryWriter writer, string path)
    {
        var file = new FileInfo(path);
        if (file.Exists && (file.Attributes & FileAttributes.ReparsePoint) == 0)
        {
            writer.Write(file.Length);
            writer.Write(file.LastWriteTimeUtc.Ticks);
            return;
        }
        try
        {
            // A link would tell of itself; opened, it is the file that it leads to.
            using Microsoft.Win32.SafeHandles.SafeFileHandle opened = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            writer.Write(RandomAccess.GetLength(opened));
            writer.Write(File.GetLastWriteTimeUtc(opened).Ticks);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            writer.Write(-1L);
        }
    }
}
