using Toolchain.Data.Reading;

namespace Toolchain.Data.Embeddings;

/// <summary>Reads the tables that <see cref="EmbeddingFile"/> writes: embeddings, labels and clusters; other columns are passed
/// over.</summary>
static partial class EmbeddingReader
{
    // Of a table: what one span can cover.
    const long MostValues = int.MaxValue;

    // Of embeddings; larger ones stay in a file.
    public const long MostInMemory = 1 << 28;

    /// <inheritdoc cref="EmbeddingFile.Read"/>
    public static EmbeddingTable Read(string path, long mostInMemory = MostInMemory)
    {
        byte[] start = new byte[FileKinds.MagicBytes];
        using FileStream file = File.OpenRead(path);
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        FileKind kind = FileKinds.Of(start);
        file.Position = 0;
        return kind switch
        {
            FileKind.Npy => FromNpy(file, path, mostInMemory),
            FileKind.Parquet => FromParquet(file, path, mostInMemory),
            FileKind.Arrow => FromArrow(file, path, mostInMemory),
            FileKind.Csv or FileKind.Text => FromCsv(file, path, mostInMemory),
            _ => throw new InvalidDataException($"'{path}': offset 0: expected embeddings as .npy, .csv, .parquet or .arrow, found "
                + $"{FileKinds.Advice(start)}."),
        };
    }

    // Columns as a file has them: N rows of D values each in one array [N,D], and N of what else there is.
    sealed record TableColumns(ReadOnlyMemory<float> Values, int Rows)
    {
        public IReadOnlyList<string>? Names { get; init; }

        public IDisposable? Owner { get; init; }

        public int[]? Labels { get; init; }

        public long[]? Clusters { get; init; }
    }

    static EmbeddingTable Table(string path, TableColumns columns)
    {
        (ReadOnlyMemory<float> values, int rows) = columns;
        bool IsWhole(int length) => length % rows == 0;
        if (rows < 1 || values.Length == 0 || !IsWhole(values.Length) || !IsWhole(columns.Labels?.Length ?? 0)
            || !IsWhole(columns.Clusters?.Length ?? 0))
        {
            throw new InvalidDataException($"'{path}': expected rows of one length, found {values.Length} numbers in {rows} rows; write "
                + "the table with 'uvl embed'.");
        }
        return new(columns.Names ?? new RowNumbers(rows), values, columns.Labels, columns.Clusters) { Owner = columns.Owner };
    }

    static void RequireRoom(string path, long values)
    {
        if (values > MostValues)
        {
            throw new InvalidDataException($"'{path}': expected at most {MostValues} numbers, found {values}; take a part of the rows.");
        }
    }
}
