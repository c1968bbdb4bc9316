using System.Buffers;
using System.Globalization;
using Toolchain.Data.Npy;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Embeddings;

/// <summary>
/// Neighbouring rows of a table of embeddings, read when they are asked for; of an .npy they alone. Disposing lets the file go.
/// </summary>
public sealed class EmbeddingRange : IDisposable
{
    readonly Lazy<(ReadOnlyMemory<float> Values, IDisposable? Owner)> rows;

    EmbeddingRange(long rowCount, int dimension, Func<(ReadOnlyMemory<float> Values, IDisposable? Owner)> read) =>
        (RowCount, Dimension, rows) = (rowCount, dimension, new(read));

    /// <summary>Rows of the whole table.</summary>
    public long RowCount { get; }

    /// <summary>D.</summary>
    public int Dimension { get; }

    /// <summary>The rows of the range, M * D values.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public ReadOnlyMemory<float> Values => rows.Value.Values;

    /// <summary>What tells this table from another, such as size and time of its file.</summary>
    public string Fingerprint { get; private init; } = "";

    /// <summary>Reads a range of a file's rows.</summary>
    /// <param name="path">An .npy of any length, or a .csv, .parquet or .arrow file, which is read as a whole.</param>
    /// <param name="choose">Gets the number of rows, gives the range [first..end).</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or the range has more than 2^31 numbers.</exception>
    public static EmbeddingRange Read(string path, Func<long, (long First, long End)> choose)
    {
        ArgumentNullException.ThrowIfNull(choose);
        var file = new FileInfo(path);
        string fingerprint = file.Exists
            ? string.Create(CultureInfo.InvariantCulture, $"{file.Name}, {file.Length} bytes of {file.LastWriteTimeUtc:O}") : "";
        if (OfNpy(path) is (NpyHeader.Parsed header, long rows))
        {
            int width = (int)header.Shape[1];
            (long first, long end) = choose(rows);
            RequireRoom(path, end - first, width);
            return new(rows, width, () =>
            {
                IMemoryOwner<float>? mapped = end == first ? null
                    : new MappedFloats(File.OpenRead(path), header.DataOffset + first * width * sizeof(float),
                        (int)((end - first) * width));
                return (mapped?.Memory ?? default, mapped);
            })
            {
                Fingerprint = fingerprint
            };
        }
        EmbeddingTable table = EmbeddingFile.Read(path);
        (int from, int to) = choose(table.Count) is var (begin, after) ? ((int)begin, (int)after) : default;
        return new(table.Count, table.Dimension, () => (table.Embeddings[(from * table.Dimension)..(to * table.Dimension)], table))
        {
            Fingerprint = fingerprint
        };
    }

    /// <summary>A range that comes piece by piece; a large one is kept in a file in the folder for temporary files.</summary>
    /// <param name="path">Its name, for errors.</param>
    /// <param name="rows">Rows of the whole table, and of the range.</param>
    /// <param name="dimension">D.</param>
    /// <param name="fingerprint">What tells the table from another.</param>
    /// <param name="write">Gives the range's numbers in order to the function that it gets.</param>
    /// <exception cref="InvalidDataException">The range has more than 2^31 numbers.</exception>
    public static EmbeddingRange Collect(string path, (long All, long Own) rows, int dimension, string fingerprint,
        Action<Action<ReadOnlyMemory<float>>> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        RequireRoom(path, rows.Own, dimension);
        return new(rows.All, dimension, () =>
        {
            using var spool = new FloatSpool(EmbeddingReader.MostInMemory);
            write(values => spool.Add(values.Span));
            return spool.Count == rows.Own * dimension ? spool.Finish()
                : throw new InvalidDataException($"'{path}': expected {rows.Own} rows of {dimension} numbers, found {spool.Count} "
                    + "numbers in all; embed the images again.");
        })
        {
            Fingerprint = fingerprint
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (rows.IsValueCreated)
        {
            rows.Value.Owner?.Dispose();
        }
    }

    // The header of an .npy whose rows can be mapped.
    static (NpyHeader.Parsed Header, long Rows)? OfNpy(string path)
    {
        if (!Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        using FileStream file = File.OpenRead(path);
        NpyHeader.Parsed header = NpyHeader.Read(file, path);
        return header is { Kind: TensorKind.Float32, Shape: [> 0, > 0 and <= int.MaxValue], IsBigEndian: false, IsColumnMajor: false }
            && header.DataOffset % sizeof(float) == 0 && TensorEntry.SizeBytes(header.Kind, header.Shape) is long bytes
            && file.Length == header.DataOffset + bytes ? (header, header.Shape[0]) : null;
    }

    static void RequireRoom(string path, long rows, int width)
    {
        if (rows * width > int.MaxValue)
        {
            throw new InvalidDataException($"'{path}': expected at most {int.MaxValue} numbers in a range, found {rows * width}; take more "
                + "and smaller ranges.");
        }
    }
}
