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
        var parts = new byte[(names.Length + FilesPerPart - 1) / FilesPerPart][];
        Parallel.For(0, parts.Length, part => parts[part] = OfPart(folder, names.AsSpan(part * FilesPerPart, Math.Min(FilesPerPart, names.Length - part * FilesPerPart))));
        return Convert.ToHexStringLower(SHA256.HashData([.. parts.SelectMany(part => part)]));
    }

    static byte[] OfPart(string folder, ReadOnlySpan<string> names)
    {
        using var text = new MemoryStream();
        using var writer = new BinaryWriter(text, Encoding.UTF8);
        foreach (string name in names)
        {
            FileInfo file = FileAt(Path.Combine(folder, name));
            writer.Write(name);
            writer.Write(file.Exists ? file.Length : -1);
            writer.Write(file.LastWriteTimeUtc.Ticks);
        }
        return SHA256.HashData(text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    // The file that a link leads to; the link itself where it leads nowhere.
    static FileInfo FileAt(string path)
    {
        var file = new FileInfo(path);
        try
        {
            return (file.Attributes & FileAttributes.ReparsePoint) != 0 && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target : file;
        }
        catch (IOException)
        {
            return file;
        }
    }
}
