using Toolchain.Data.Images;

namespace Toolchain.Data.Reading;

/// <summary>What a file is, by its first bytes.</summary>
enum FileKind
{
    Unknown, Empty, Text, Html, Csv, OtherTable, Utf16, LfsPointer,
    Idx, Npy, Zip, Gzip, Xz, Bzip2, Tar, Parquet, Arrow, SafeTensors, Hdf5, Pickle, Pdf,
    Png, Pgm, Jpeg, WebP, Bmp, Gif, Tiff, Svg, OtherImage,
}

/// <summary>Tells files apart by their first bytes, whatever their names: the one place where the tool does.</summary>
static class FileKinds
{
    /// <summary>Bytes that are looked at: what a tar header needs, the longest magic of all, and for text enough to find its
    /// form.</summary>
    public const int MagicBytes = 4096;

    // First fields of the heading of a table of pixels.
    static readonly string[] csvNames = ["label", "pixel", "class", "digit", "target"];

    /// <summary>First bytes of a PNG.</summary>
    public static ReadOnlySpan<byte> PngMagic => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>First bytes of an .npy.</summary>
    public static ReadOnlySpan<byte> NpyMagic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>First bytes of a gzip member.</summary>
    public static ReadOnlySpan<byte> GzipMagic => [0x1F, 0x8B];

    /// <summary>The kind of a file.</summary>
    /// <param name="start">Its first bytes, <see cref="MagicBytes"/> or as many as there are.</param>
    public static FileKind Of(ReadOnlySpan<byte> start) => Image(start) ?? Container(start) ?? Texts(start);

    /// <summary>Whether it is an image that <see cref="ImageFile"/> reads.</summary>
    public static bool IsImage(FileKind kind) => kind is >= FileKind.Png and <= FileKind.Gif;

    /// <summary>What the bytes are and what to do where a model was expected; null where they may be one.</summary>
    public static string? InsteadOfModel(ReadOnlySpan<byte> start) => Of(start[..Math.Min(start.Length, MagicBytes)]) switch
    {
        FileKind.Unknown or FileKind.Idx => null,
        FileKind.LfsPointer or FileKind.Html => Advice(start),
        FileKind.Text => $"text that starts '{Beginning(start)}'; name the model",
        FileKind.Zip or FileKind.Gzip or FileKind.Xz or FileKind.Bzip2 or FileKind.Tar => $"{Advice(start).Split(';')[0]}; unpack it",
        FileKind.Pickle or FileKind.SafeTensors or FileKind.Hdf5 =>
            $"{Advice(start).Split(',', ';')[0]}, which holds weights without a graph; export the model to ONNX",
        _ => $"{Advice(start).Split(';')[0]}; name the model",
    };

    /// <summary>What the bytes are and what to do, for an error: "a TIFF image; convert it to PNG".</summary>
    public static string Advice(ReadOnlySpan<byte> start) => Of(start) switch
    {
        FileKind.Empty => "an empty file; name another",
        FileKind.Text =>
            $"text that starts '{Beginning(start)}'; get the file again (a list of paths is read from standard input: --data - < FILE)",
        FileKind.Html => "a web page; get the file itself",
        FileKind.Csv => "a CSV table; name it alone, as --data TABLE.csv",
        FileKind.OtherTable => "a table parted by semicolons or tabs; save it with commas",
        FileKind.Utf16 => "text in UTF-16; save it as UTF-8",
        FileKind.LfsPointer => "a pointer of Git LFS, not the file itself; get that by git lfs pull",
        FileKind.Idx => "an IDX file; name it alone, or with its labels after a comma",
        FileKind.Npy => "a NumPy array; name it alone, as --data ARRAY.npy",
        FileKind.Zip => "a ZIP archive; unpack it, or save arrays with numpy.savez",
        FileKind.Gzip => "a gzip file; unpack it",
        FileKind.Xz => "an xz file; unpack it",
        FileKind.Bzip2 => "a bzip2 file; unpack it",
        FileKind.Tar => "a tar archive; name it alone",
        FileKind.Parquet => "a Parquet file; name it alone",
        FileKind.Arrow => "an Arrow file; convert it to Parquet with a column of encoded images",
        FileKind.SafeTensors => "a safetensors file; save the images as .npy",
        FileKind.Hdf5 => "an HDF5 file (.h5 or .mat); save the images as .npy",
        FileKind.Pickle => "a Python pickle, which is not read because it can run code; save the images as .npy",
        FileKind.Pdf => "a PDF document; convert its pages to PNG",
        FileKind.Tiff => "a TIFF image; convert it to PNG",
        FileKind.Svg => "an SVG drawing; convert it to PNG",
        FileKind.OtherImage => "an image of a kind that is not read; convert it to PNG",
        FileKind.Unknown => $"the bytes {Convert.ToHexString(start[..Math.Min(8, start.Length)])}; convert it to PNG, .npy or IDX",
        _ => "an image; name it alone",
    };

    static FileKind? Image(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith(PngMagic))
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
        : start.StartsWith(NpyMagic) ? FileKind.Npy
        : start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8) ? FileKind.Zip
        : start.StartsWith(GzipMagic) ? FileKind.Gzip
        : start.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]) ? FileKind.Xz
        : start.Length > 9 && start.StartsWith("BZh"u8) && start[4..].StartsWith((ReadOnlySpan<byte>)[0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
            ? FileKind.Bzip2
        : start.StartsWith("PAR1"u8) ? FileKind.Parquet
        : start.StartsWith("ARROW1"u8) ? FileKind.Arrow
        : start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F']) ? FileKind.Hdf5
        : start.StartsWith("%PDF"u8) ? FileKind.Pdf
        : HasTarMagic(start) ? FileKind.Tar
        // The element types of IdxFile.KindOf once more: its namespace builds on this one.
        : start.Length >= 4 && start[0] == 0 && start[1] == 0 && start[3] is >= 1 and <= 4
            && start[2] is (0x08 or 0x09 or 0x0B or 0x0C or 0x0D or 0x0E) ? FileKind.Idx
        : start.Length >= 2 && start[0] == 0x80 && start[1] is >= 2 and <= 5 ? FileKind.Pickle
        : start.Length > 9 && start[8] == '{' && !start[4..8].ContainsAnyExcept((byte)0) ? FileKind.SafeTensors
        : null;

    static FileKind Texts(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return FileKind.Utf16;
        }
        ReadOnlySpan<byte> text = start.StartsWith("\uFEFF"u8) ? start[3..] : start;
        foreach (byte letter in text)
        {
            if (letter is < 32 and not (0 or (byte)'\t' or (byte)'\n' or (byte)'\r') or 127)
            {
                return FileKind.Unknown;
            }
        }
        ReadOnlySpan<byte> trimmed = text.TrimStart(" \t\r\n"u8);
        return trimmed.StartsWith("<"u8) ? (trimmed.IndexOf("<svg"u8) >= 0 ? FileKind.Svg : FileKind.Html)
            : text.StartsWith("version https://git-lfs"u8) ? FileKind.LfsPointer
            : LooksLikePixels(text, (byte)',') ? FileKind.Csv
            : LooksLikePixels(text, (byte)';') || LooksLikePixels(text, (byte)'\t') ? FileKind.OtherTable : FileKind.Text;
    }

    /// <summary>Whether a block of 512 bytes is a header of a tar archive.</summary>
    public static bool HasTarMagic(ReadOnlySpan<byte> start) => start.Length >= 262 && start[257..262].SequenceEqual("ustar"u8);

    /// <summary>Whether text starts as a table of pixels does: a heading of labels or pixels, or nothing but numbers and what parts
    /// them.</summary>
    static bool LooksLikePixels(ReadOnlySpan<byte> text, byte separator)
    {
        int end = text.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
        // 4 x 4 pixels, the smallest square of a CsvStream, have 15 between them.
        if (line.Count(separator) < 15)
        {
            return false;
        }
        string[] fields = System.Text.Encoding.UTF8.GetString(line).Split((char)separator);
        string first = fields[0].Trim('"', ' ');
        return Array.Exists(fields, field => Array.Exists(csvNames, name => field.Trim('"', ' ').StartsWith(name,
                StringComparison.OrdinalIgnoreCase)))
            || (first.StartsWith("1x", StringComparison.Ordinal) || !line.TrimEnd("\r"u8).ContainsAnyExcept("0123456789.,;\t-+eE\" "u8));
    }

    static string Beginning(ReadOnlySpan<byte> start) =>
        Printable.Line(System.Text.Encoding.UTF8.GetString(start[..Math.Min(24, start.Length)]).ReplaceLineEndings(" "));
}
