using System.Text;
using Toolchain.Data.Reading;
using Toolchain.Data.Streams;

namespace Toolchain.Data.Files;

/// <summary>Image files whose paths come one by one through a pipe, of any number.</summary>
/// <param name="name">What a report calls them.</param>
/// <param name="source">Named in errors.</param>
/// <param name="pipe">Paths parted by <paramref name="separator"/>; empty ones are left out.</param>
/// <param name="separator">NUL, or a line feed, before which a carriage return is left out.</param>
sealed class PathPipeStream(string name, string source, Stream pipe, byte separator) : ImageStream(name, Split.All, null)
{
    readonly LineReader paths = new(pipe, source, separator);

    private protected override int Fill(ImageBatch batch, int count)
    {
        int row = 0;
        while (row < count && paths.TryRead(out ReadOnlySpan<byte> line))
        {
            ReadOnlySpan<byte> path = separator == '\n' && line.EndsWith((byte)'\r') ? line[..^1] : line;
            if (!path.IsEmpty)
            {
                string file = Encoding.UTF8.GetString(path);
                batch.Set(row++, new PendingImage(file), file);
            }
        }
        return row;
    }
}
