namespace Toolchain.Data.Parquet;

/// <summary>The pages of one column of a row group, looked at before Parquet.Net reads them, for the same reason as
/// <see cref="ParquetFooter"/>.</summary>
static class ParquetPages
{
    /// <summary>Most bytes of one page, and of all pages of a column of one row group, unpacked: with copies these take less than 512
    /// MB.</summary>
    public const int MaxPageBytes = 64 << 20, MaxColumnBytes = 256 << 20;

    // Numbers of codecs and of types of pages in parquet.thrift.
    const int NotPacked = 0, Snappy = 1, Zstd = 6;
    const int DataPage = 0, DictionaryPage = 2, DataPageV2 = 3;

    // Most headers take 50 bytes; those with least and largest values take more.
    const int HeaderBytes = 1 << 12, LongestHeaderBytes = 1 << 20;

    /// <summary>Checks all pages.</summary>
    /// <param name="file">The file.</param>
    /// <param name="column">The column.</param>
    /// <param name="end">Where the footer starts.</param>
    /// <param name="path">Named in errors.</param>
    /// <returns>Offset behind the last page.</returns>
    /// <exception cref="InvalidDataException">A page is damaged or larger than is read.</exception>
    public static long RequireSound(FileStream file, ParquetColumn column, long end, string path)
    {
        long at = column.Start, values = 0, unpacked = 0;
        bool hasDictionary = false;
        while (values < column.Values)
        {
            (ThriftStruct header, int length) = ReadHeader(file, at, end, path);
            (long start, long packedSize, long size) = (at + length, header.Integer(3) ?? -1, header.Integer(2) ?? -1);
            bool isDictionary = header.Integer(1) == DictionaryPage;
            ThriftStruct? inner = header.Struct(header.Integer(1) switch { DataPage => 5, DictionaryPage => 7, DataPageV2 => 8, _ => -1 });
            long count = inner?.Integer(1) ?? -1, levels = Levels(inner, header.Integer(1) == DataPageV2);
            Require(inner is not null && !(isDictionary && hasDictionary), "a data page, or one dictionary", $"type {header.Integer(1)}");
            Require(packedSize >= 0 && packedSize <= end - start, $"a page of at most {end - start} bytes", $"{packedSize}");
            Require(size is >= 0 and <= MaxPageBytes, $"a page of at most {MaxPageBytes} bytes unpacked", $"{size}");
            Require(column.Codec != NotPacked || packedSize == size, $"{packedSize} bytes, since it is not packed", $"{size}");
            Require(levels >= 0 && levels <= Math.Min(packedSize, size), $"levels within {packedSize} bytes", $"{levels}");
            Require(count >= 0 && count <= (isDictionary ? size : column.Values - values), $"at most {column.Values - values} values",
                $"{count}");
            RequireSmall(file, column, start + levels, packedSize - levels, path);
            unpacked += size;
            Require(unpacked <= MaxColumnBytes, $"at most {MaxColumnBytes} bytes in a row group's column '{Printable.Line(column.Path)}'",
                "more; write smaller row groups");
            hasDictionary |= isDictionary;
            values += isDictionary ? 0 : count;
            at = start + packedSize;

            void Require(bool holds, string expected, string found)
            {
                if (!holds)
                {
                    throw new InvalidDataException($"'{path}': offset {start - length}: expected {expected}, found {found}; the file is "
                        + "damaged, get it again.");
                }
            }
        }
        return at;
    }

    // Bytes of a data page's levels, which in version 2 (num_nulls 2, lengths of definition 5 and repetition levels 6) lie in front and are
    // not packed; -1 where they cannot be right.
    static long Levels(ThriftStruct? inner, bool isSecondVersion)
    {
        if (!isSecondVersion)
        {
            return 0;
        }
        (long nulls, long definition, long repetition) = (inner?.Integer(2) ?? 0, inner?.Integer(5) ?? 0, inner?.Integer(6) ?? 0);
        return nulls < 0 || nulls > inner?.Integer(1) || definition < 0 || repetition < 0 ? -1 : definition + repetition;
    }

    static (ThriftStruct Header, int Length) ReadHeader(FileStream file, long at, long end, string path)
    {
        for (long size = HeaderBytes; ; size *= 16)
        {
            byte[] bytes = new byte[Math.Min(size, end - at)];
            ParquetFooter.ReadAt(file, at, bytes);
            var reader = new ThriftReader(bytes, path, at);
            try
            {
                return (reader.Read(ParquetShapes.Page), reader.Position);
            }
            catch (EndOfStreamException) when (bytes.Length < end - at && size < LongestHeaderBytes)
            {
            }
            catch (EndOfStreamException cut)
            {
                throw new InvalidDataException($"'{path}': offset {at}: expected a page's header, found its end after {bytes.Length} "
                    + "bytes; get the file again.", cut);
            }
        }
    }

    // These codecs believe a size that stands in the packed bytes.
    static void RequireSmall(FileStream file, ParquetColumn column, long start, long length, string path)
    {
        if (length == 0 || column.Codec is not (Snappy or Zstd))
        {
            return;
        }
        // Of Snappy the size comes first, a varint.
        byte[] packed = new byte[column.Codec == Zstd ? length : Math.Min(length, 10)];
        ParquetFooter.ReadAt(file, start, packed);
        ulong claimed = column.Codec == Zstd ? ZstdSharp.Decompressor.GetDecompressedSize(packed) : SnappySize(packed);
        if (claimed > MaxPageBytes)
        {
            throw new InvalidDataException($"'{path}': offset {start}: expected a page of at most {MaxPageBytes} bytes unpacked, found "
                + $"{claimed}; get the file again.");
        }
    }

    static ulong SnappySize(ReadOnlySpan<byte> packed)
    {
        ulong size = 0;
        for (int i = 0; i < Math.Min(packed.Length, 5); i++)
        {
            size |= (ulong)(packed[i] & 0x7F) << (7 * i);
            if (packed[i] < 0x80)
            {
                return size;
            }
        }
        return ulong.MaxValue;
    }
}
