using System.Text;
using Toolchain.Data.Reading;
using Toolchain.Data.Streams;

namespace Toolchain.Data.Files;

/// <summary>A list of image files: paths parted by NUL, as `find -print0` writes them, or else by line ends.</summary>
static class PathList
{
    // A million paths of a hundred letters; beyond that a folder or several lists serve better.
    const int MaxBytes = 256 << 20;

    /// <param name="name">Of where the list comes from, for reports.</param>
    /// <param name="source">Named in errors.</param>
    /// <param name="stream">The list.</param>
    /// <param name="start">Its first bytes: a NUL among them says that NUL parts the paths.</param>
    public static ImageStream Open(string name, string source, Stream stream, ReadOnlySpan<byte> start)
    {
        byte separator = SeparatorOf(start);
        byte[] bytes = ExactRead.UpTo(stream, MaxBytes, source);
        List<string> paths = [];
        foreach (Range range in bytes.AsSpan().Split(separator))
        {
            ReadOnlySpan<byte> path = bytes.AsSpan()[range];
            path = separator == '\n' && path.EndsWith((byte)'\r') ? path[..^1] : path;
            if (!path.IsEmpty)
            {
                paths.Add(Encoding.UTF8.GetString(path));
            }
        }
        return new FileListStream($"paths on {name}", source, "", [.. paths]);
    }

    /// <summary>What parts the paths of a list that starts like this: a NUL among its first bytes says that NUL does.</summary>
    public static byte SeparatorOf(ReadOnlySpan<byte> start) => start.Contains((byte)0) ? (byte)0 : (byte)'\n';
}
