namespace Toolchain.Data;

/// <summary>What a file is, by its first bytes.</summary>
enum FileKind
{
    Unknown, Empty, Text, Html, Csv, Idx, Npy, Zip, Gzip, Tar, Parquet, Arrow, SafeTensors, Hdf5, Pickle, Pdf,
    Png, Pgm, Jpeg, WebP, Bmp, Gif, Tiff, OtherImage,
}

/// <summary>Tells files apart by their first bytes, whatever their names: the one place where the tool does.</summary>
static class FileKinds
{
    /// <summary>Bytes that are looked at: what a tar header needs, the longest magic of all, and for text enough to find its
    /// form.</summary>
    public const int MagicBytes = 4096;

    /// <summary>The kind of a file.</summary>
    /// <param name="start">Its first bytes, <see cref="MagicBytes"/> or as many as there are.</param>
    public static FileKind Of(ReadOnlySpan<byte> start) => Image(start) ?? Container(start) ?? Texts(start);

    /// <summary>Whether it is an image that <see cref="ImageFile"/> reads.</summary>
    public static bool IsImage(FileKind kind) => kind is >= FileKind.Png and <= FileKind.Gif;

    /// <summary>What the bytes are and what to do, for an error: "a TIFF image; convert it to PNG".</summary>
    public static string Advice(ReadOnlySpan<byte> start) => Of(start) switch
    {
        FileKind.Empty => "an empty file; name another",
        FileKind.Text =>
            $"text that starts '{Beginning(start)}'; get the file again (a list of paths is read from standard input: --data - < FILE)",
        FileKind.Html => "a web page; get the file itself",
        FileKind.Csv => "a CSV table; name it alone, as --data TABLE.csv",
        FileKind.Idx => "an IDX file; name it alone, or with its labels after a comma",
        FileKind.Npy => "a NumPy array; name it alone, as --data ARRAY.npy",
        FileKind.Zip => "a ZIP archive; unpack it, or save arrays with numpy.savez",
        FileKind.Gzip => "a gzip file; unpack it",
        FileKind.Tar => "a tar archive; name it alone",
        FileKind.Parquet => "a Parquet file; name it alone",
        FileKind.Arrow => "an Arrow file; convert it to Parquet with a column of encoded images",
        FileKind.SafeTensors => "a safetensors file; save the images as .npy",
        FileKind.Hdf5 => "an HDF5 file (.h5 or .mat); save the images as .npy",
        FileKind.Pickle => "a Python pickle, which is not read because it can run code; save the images as .npy",
        FileKind.Pdf => "a PDF document; convert its pages to PNG",
        FileKind.Tiff => "a TIFF image; convert it to PNG",
        FileKind.OtherImage => "an image of a kind that is not read; convert it to PNG",
        FileKind.Unknown => $"the bytes {Convert.ToHexString(start[..Math.Min(8, start.Length)])}; convert it to PNG, .npy or IDX",
        _ => "an image; name it alone",
    };

    static FileKind? Image(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith(ImageFile.PngMagic))
        {
            return FileKind.Png;
        }
        if (start.Length > 2 && start[0] == 'P' && start[1] is >= (byte)'1' and <= (byte)'7' && char.IsWhiteSpace((char)start[2]))
        {
            return start[1] == '5' ? FileKind.Pgm : FileKind.OtherImage;
        }
        if (start.Length >= 12 && start.StartsWith("RIFF"u8) && start[8..12].SequenceEqual("WEBP"u8))
        {
            return FileKind.WebP;
        }
        return start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? FileKind.Jpeg
            : start.Length >= 10 && start.StartsWith("BM"u8) && !start[6..10].ContainsAnyExcept((byte)0) ? FileKind.Bmp
            : start.StartsWith("GIF87a"u8) || start.StartsWith("GIF89a"u8) ? FileKind.Gif
            : start.StartsWith("II*\0"u8) || start.StartsWith("MM\0*"u8) ? FileKind.Tiff
            : start.Length >= 12 && (start[4..12].SequenceEqual("ftypheic"u8) || start[4..12].SequenceEqual("ftypavif"u8))
                ? FileKind.OtherImage
            : null;
    }

    static FileKind? Container(ReadOnlySpan<byte> start) =>
        start.IsEmpty ? FileKind.Empty
        : start.StartsWith(NpyHeader.Magic) ? FileKind.Npy
        : start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8) ? FileKind.Zip
        : GzipReader.HasMagic(start) ? FileKind.Gzip
        : start.StartsWith("PAR1"u8) ? FileKind.Parquet
        : start.StartsWith("ARROW1"u8) ? FileKind.Arrow
        : start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F']) ? FileKind.Hdf5
        : start.StartsWith("%PDF"u8) ? FileKind.Pdf
        : TarStream.HasMagic(start) ? FileKind.Tar
        : start.Length >= 4 && start[0] == 0 && start[1] == 0 && start[3] is >= 1 and <= 4
            && IdxFile.KindOf(start[2]) is not null ? FileKind.Idx
        : start.Length >= 2 && start[0] == 0x80 && start[1] is >= 2 and <= 5 ? FileKind.Pickle
        : start.Length > 9 && start[8] == '{' && !start[4..8].ContainsAnyExcept((byte)0) ? FileKind.SafeTensors
        : null;

    static FileKind Texts(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> text = start.StartsWith("\uFEFF"u8) ? start[3..] : start;
        foreach (byte letter in text)
        {
            if (letter is < 32 and not (0 or (byte)'\t' or (byte)'\n' or (byte)'\r') or 127)
            {
                return FileKind.Unknown;
            }
        }
        ReadOnlySpan<byte> trimmed = text.TrimStart(" \t\r\n"u8);
        return trimmed.StartsWith("<"u8) ? FileKind.Html : CsvLine.LooksLikePixels(text) ? FileKind.Csv : FileKind.Text;
    }

    static string Beginning(ReadOnlySpan<byte> start) =>
        Printable.Line(System.Text.Encoding.UTF8.GetString(start[..Math.Min(24, start.Length)]).ReplaceLineEndings(" "));
}
