using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Toolchain.Data.Reading;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Npy;

/// <summary>The head of an .npy file. Source: numpy.lib.format, versions 1.0 to 3.0.</summary>
static partial class NpyHeader
{
    // Version 1.0 can say at most 65,535.
    const int LongestHeader = 1 << 16;

    /// <summary>Element type (null for text, objects and records), order of an element's bytes and of the elements, shape, and the offset
    /// of the first element.</summary>
    public readonly record struct Any(TensorKind? Kind, string Type, bool IsBigEndian, bool IsColumnMajor, long[] Shape, long DataOffset);

    /// <summary>The same of an array of numbers.</summary>
    public readonly record struct Parsed(TensorKind Kind, bool IsBigEndian, bool IsColumnMajor, long[] Shape, long DataOffset);

    /// <summary>Reads the header of an array of numbers and leaves the stream at the first element.</summary>
    public static Parsed Read(Stream stream, string path) => Numbers(ReadAny(stream, path), path);

    /// <summary>The header where elements are numbers.</summary>
    /// <exception cref="InvalidDataException">They are not.</exception>
    public static Parsed Numbers(Any header, string path) =>
        new(header.Kind ?? throw new InvalidDataException($"'{path}': offset 10: expected numbers "
            + $"(bool, int, uint or float), found '{Shorten(header.Type)}'; convert with array.astype('float32')."),
            header.IsBigEndian, header.IsColumnMajor, header.Shape, header.DataOffset);

    /// <summary>Reads the header of whatever array and leaves the stream at the first element.</summary>
    public static Any ReadAny(Stream stream, string path)
    {
        byte[] start = ExactRead.Bytes(stream, new(path, 0, 8, "magic and version"));
        if (!start.AsSpan(0, 6).SequenceEqual(FileKinds.NpyMagic))
        {
            throw new InvalidDataException($"'{path}': offset 0: expected the bytes 93 4E 55 4D 50 59 of .npy, found "
                + $"{Convert.ToHexString(start, 0, 6)}; the file is no .npy file.");
        }
        if (start[6] is < 1 or > 3 || start[7] != 0)
        {
            throw new InvalidDataException($"'{path}': offset 6: expected .npy version 1.0, 2.0 or 3.0, found {start[6]}.{start[7]}; "
                + "save it with numpy.save.");
        }
        int lengthSize = start[6] == 1 ? 2 : 4;
        byte[] lengthBytes = ExactRead.Bytes(stream, new(path, 8, lengthSize, "header length"));
        long length = lengthSize == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(lengthBytes)
            : BinaryPrimitives.ReadUInt32LittleEndian(lengthBytes);
        if (length > LongestHeader)
        {
            throw new InvalidDataException($"'{path}': offset 8: expected a header of at most {LongestHeader} bytes, found {length}; "
                + "save a plain array with numpy.save.");
        }
        int textOffset = 8 + lengthSize;
        string text = Encoding.UTF8.GetString(ExactRead.Bytes(stream, new(path, textOffset, length, "header")));
        return Parse(text, path, textOffset) with { DataOffset = textOffset + length };
    }

    /// <summary>
    /// The header that numpy.save writes: version 1.0, padded with spaces so that the elements start at a multiple of 64.
    /// </summary>
    public static byte[] Write(TensorKind kind, ReadOnlySpan<long> shape)
    {
        string axes = string.Join(", ", shape.ToArray().Select(length => length.ToString(CultureInfo.InvariantCulture)));
        string text = $"{{'descr': '{Description(kind)}', 'fortran_order': False, 'shape': ({axes}{(shape.Length == 1 ? "," : "")}), }}";
        int unpadded = 10 + text.Length + 1;
        text = text.PadRight(text.Length + (64 - unpadded % 64) % 64) + "\n";
        byte[] header = new byte[10 + text.Length];
        FileKinds.NpyMagic.CopyTo(header);
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), checked((ushort)text.Length));
        Encoding.ASCII.GetBytes(text, header.AsSpan(10));
        return header;
    }

    static Any Parse(string text, string path, int offset)
    {
        string printable = text.Trim().ReplaceLineEndings(" ");
        Match match = Dictionary().Match(printable);
        if (!match.Success)
        {
            throw new InvalidDataException($"'{path}': offset {offset}: expected {{'descr': '<f4', 'fortran_order': False, 'shape': (N, "
                + $"...)}}, found '{Shorten(printable)}'; save a plain array (no records, no objects) with numpy.save.");
        }
        string description = match.Groups["descr"].Value;
        TensorKind? kind = description is ['<' or '>' or '=' or '|', .. var type] && Kinds.TryGetValue(type, out TensorKind known) ? known
            : null;
        string[] axes = match.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        long[] shape = new long[axes.Length];
        for (int axis = 0; axis < axes.Length; axis++)
        {
            if (!long.TryParse(axes[axis], NumberStyles.None, CultureInfo.InvariantCulture, out shape[axis]))
            {
                throw new InvalidDataException($"'{path}': offset {offset}: expected sizes below 2^63, found shape "
                    + $"({Shorten(match.Groups["shape"].Value)}); save the array again.");
            }
        }
        return new(kind, description, description is ['>', ..], match.Groups["fortran"].Value == "True", shape, 0);
    }

    static readonly Dictionary<string, TensorKind> Kinds = new()
    {
        ["b1"] = TensorKind.Bool,
        ["u1"] = TensorKind.UInt8,
        ["i1"] = TensorKind.Int8,
        ["u2"] = TensorKind.UInt16,
        ["i2"] = TensorKind.Int16,
        ["u4"] = TensorKind.UInt32,
        ["i4"] = TensorKind.Int32,
        ["u8"] = TensorKind.UInt64,
        ["i8"] = TensorKind.Int64,
        ["f2"] = TensorKind.Float16,
        ["f4"] = TensorKind.Float32,
        ["f8"] = TensorKind.Float64,
    };

    static string Description(TensorKind kind) => kind switch
    {
        TensorKind.UInt8 => "|u1",
        TensorKind.Float32 => "<f4",
        TensorKind.Float64 => "<f8",
        TensorKind.Int64 => "<i8",
        _ => throw new ArgumentException($".npy files here hold UInt8, Float32, Float64 or Int64, asked for {kind}.", nameof(kind)),
    };

    static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "...";

    // The atomic group (?>...) keeps a hostile header from being tried in exponentially many ways.
    [GeneratedRegex("^\\{ *'descr' *: *(?:'(?<descr>[^']*)'|(?<descr>\\[[^\\]]*\\])) *, *'fortran_order' *: "
        + "*(?<fortran>True|False) *, *'shape' *: *\\( *(?<shape>(?>(?:[0-9]+ *,? *)*))\\) *,? *\\}$")]
    private static partial Regex Dictionary();
}
