using System.Globalization;
using Parquet;
using Parquet.Schema;
using Toolchain.Data.Arrow;
using Toolchain.Data.Csv;
using Toolchain.Data.Npy;
using Toolchain.Data.Parquet;
using Toolchain.Data.Reading;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Embeddings;

/// <summary>Reads the tables that <see cref="EmbeddingFile"/> writes: embeddings, labels and clusters; other columns are passed
/// over.</summary>
static class EmbeddingReader
{
    // Of one column, which is read into one array: 1 GiB of float32.
    const long MostValues = 1 << 28;

    public static EmbeddingTable Read(string path)
    {
        byte[] start = new byte[FileKinds.MagicBytes];
        using FileStream file = File.OpenRead(path);
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        FileKind kind = FileKinds.Of(start);
        file.Position = 0;
        return kind switch
        {
            FileKind.Npy => FromNpy(file, path),
            FileKind.Parquet => FromParquet(file, path),
            FileKind.Arrow => FromArrow(file, path),
            FileKind.Csv or FileKind.Text => FromCsv(file, path),
            _ => throw new InvalidDataException($"'{path}': offset 0: expected embeddings as .npy, .csv, .parquet or .arrow, found "
                + $"{FileKinds.Advice(start)}."),
        };
    }

    static EmbeddingTable FromNpy(FileStream file, string path)
    {
        TensorEntry values = NpyFile.Read(file, path);
        if (values is not { Kind: TensorKind.Float32, Shape: [> 0 and <= int.MaxValue, > 0] })
        {
            throw new InvalidDataException($"'{path}': expected float32 embeddings [N,D], found {Text(values)}.");
        }
        int count = (int)values.Shape[0];
        int[]? labels = Integers(Beside("labels.npy", TensorKind.UInt8, TensorKind.Int64));
        return Table(path, new(values.ToArray<float>(), count)
        {
            Labels = labels,
            Clusters = labels is null ? Beside("clusters.npy", TensorKind.Int64)?.ToArray<long>() : null,
        });

        TensorEntry? Beside(string ending, params TensorKind[] kinds)
        {
            string beside = Path.ChangeExtension(path, ending);
            if (!File.Exists(beside))
            {
                return null;
            }
            TensorEntry column = NpyFile.Read(beside);
            return kinds.Contains(column.Kind) && column.Shape is [var found] && found == count ? column
                : throw new InvalidDataException(
                    $"'{beside}': expected {kinds[0]} [{count}], one for each row of '{path}', found {Text(column)}; embed the images "
                    + "again.");
        }
    }

    static EmbeddingTable FromCsv(FileStream file, string path)
    {
        using var text = new StreamReader(file, System.Text.Encoding.UTF8);
        var records = new CsvRecords(text, path);
        List<string> heading = records.Next() ?? [];
        int[] columns = [.. Enumerable.Range(0, heading.Count)
            .Where(column => heading[column].StartsWith("embedding_", StringComparison.Ordinal))];
        (int name, int label, int cluster) = (heading.IndexOf("name"), heading.IndexOf("label"), heading.IndexOf("cluster"));
        if (columns.Length == 0)
        {
            throw new InvalidDataException($"'{path}': line 1: expected columns embedding_0, embedding_1 and so on, found others; write "
                + "the table with 'uvl embed'.");
        }
        List<float> values = [];
        List<string> names = [];
        List<int> labels = [];
        List<long> clusters = [];
        while (records.Next() is List<string> row)
        {
            if (row.Count != heading.Count || values.Count + columns.Length > MostValues)
            {
                throw new InvalidDataException($"'{path}': line {records.Line}: expected {heading.Count} fields and at most {MostValues} "
                    + $"numbers, found {row.Count} fields.");
            }
            names.Add(name >= 0 ? row[name] : names.Count.ToString(CultureInfo.InvariantCulture));
            foreach (int column in columns)
            {
                values.Add(Number(column));
            }
            if (label >= 0)
            {
                labels.Add((int)Math.Clamp(Number(label), 0, int.MaxValue));
            }
            if (cluster >= 0)
            {
                clusters.Add((long)Number(cluster));
            }

            // Infinities as EmbeddingCsv writes them.
            float Number(int column) => float.TryParse(
                row[column] switch { "inf" => "Infinity", "-inf" => "-Infinity", var text => text },
                NumberStyles.Float, CultureInfo.InvariantCulture, out float value) ? value
                : throw new InvalidDataException($"'{path}': line {records.Line}: expected a number in field {column + 1}, found "
                    + $"'{Printable.Line(row[column])}'.");
        }
        return Table(path, new([.. values], names.Count)
        {
            Names = [.. names],
            Labels = label >= 0 ? [.. labels] : null,
            Clusters = cluster >= 0 ? [.. clusters] : null,
        });
    }

    static EmbeddingTable FromParquet(FileStream file, string path) => ParquetStream.Guard(path, async () =>
    {
        ParquetFooter footer = ParquetFooter.Read(file, path);
        var window = new WindowStream(file);
        await using ParquetReader reader = await ParquetReader.CreateAsync(window);
        DataField[] fields = reader.Schema.DataFields;
        DataField embedding = Array.Find(fields, field => field.Path.FirstPart == "embedding" && field.ClrType == typeof(float))
            ?? throw new InvalidDataException($"'{path}': expected a column 'embedding' of floats, found none; write the table with "
                + "'uvl embed'.");
        DataField? label = Array.Find(fields, field => field.Path.ToString() == "label" && field.ClrType == typeof(int));
        DataField? cluster = Array.Find(fields, field => field.Path.ToString() == "cluster" && field.ClrType == typeof(long));
        List<float> values = [];
        List<int> labels = [];
        List<long> clusters = [];
        long rows = 0;
        for (int index = 0; index < footer.Groups.Length; index++)
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(index);
            values.AddRange(await Column<float>(group, embedding, index));
            labels.AddRange(label is null ? [] : await Column<int>(group, label, index));
            clusters.AddRange(cluster is null ? [] : await Column<long>(group, cluster, index));
            rows += footer.Groups[index].Rows;
        }
        return Table(path, new([.. values], (int)rows)
        {
            Labels = label is null ? null : [.. labels.Select(label => Math.Max(label, 0))],
            Clusters = cluster is null ? null : [.. clusters],
        });

        async Task<T[]> Column<T>(ParquetRowGroupReader group, DataField field, int index) where T : struct
        {
            ParquetColumn column = Array.Find(footer.Groups[index].Columns, one => one.Path == field.Path.ToString());
            if (column.Values > MostValues - values.Count)
            {
                throw new InvalidDataException($"'{path}': row group {index}: expected at most {MostValues} numbers, found "
                    + $"{column.Values}.");
            }
            window.Limit(ParquetPages.RequireSound(file, column, footer.Start, path));
            var read = new T[column.Values];
            int[]? definition = field.MaxDefinitionLevel > 0 ? new int[read.Length] : null,
                repetition = field.MaxRepetitionLevel > 0 ? new int[read.Length] : null;
            await group.ReadRawAsync<T>(field, read, ParquetStream.Levels(definition), ParquetStream.Levels(repetition));
            return definition is null || Array.TrueForAll(definition, level => level == field.MaxDefinitionLevel) ? read
                : throw new InvalidDataException($"'{path}': column '{Printable.Line(field.Path.ToString())}': expected a number "
                    + "everywhere, found nothing in places.");
        }
    });

    static EmbeddingTable FromArrow(FileStream file, string path)
    {
        try
        {
            var table = new ArrowTable(file);
            float[] values = table.Floats("embedding") ?? throw new InvalidDataException(
                "expected a column 'embedding' of lists of float32, all of one length, found none; write the table with 'uvl embed'");
            int rows = values.Length / table.WidthOf("embedding");
            int[]? labels = table.Integers("label")?.Select(label => (int)Math.Clamp(label, 0, int.MaxValue)).ToArray();
            return Table(path, new(values, rows) { Labels = labels, Clusters = table.Integers("cluster") });
        }
        // A message that starts with a quote has the path already.
        catch (InvalidDataException damaged) when (!damaged.Message.StartsWith('\''))
        {
            throw new InvalidDataException($"'{path}': {damaged.Message}.", damaged);
        }
    }

    // Columns as a file has them: N rows of D values each in one array [N,D], and N of what else there is.
    sealed record TableColumns(float[] Values, int Rows)
    {
        public string[]? Names { get; init; }

        public int[]? Labels { get; init; }

        public long[]? Clusters { get; init; }
    }

    static EmbeddingTable Table(string path, TableColumns columns)
    {
        (float[] values, int rows) = columns;
        bool IsWhole(int length) => length % rows == 0;
        if (rows < 1 || values.Length == 0 || !IsWhole(values.Length) || !IsWhole(columns.Labels?.Length ?? 0)
            || !IsWhole(columns.Clusters?.Length ?? 0))
        {
            throw new InvalidDataException($"'{path}': expected rows of one length, found {values.Length} numbers in {rows} rows; write "
                + "the table with 'uvl embed'.");
        }
        string[] names = columns.Names ?? [.. Enumerable.Range(0, rows).Select(row => row.ToString(CultureInfo.InvariantCulture))];
        return new(names, values, columns.Labels, columns.Clusters);
    }

    static int[]? Integers(TensorEntry? labels) => labels is null ? null
        : labels.Kind == TensorKind.Int64 ? Array.ConvertAll(labels.ToArray<long>(), label => (int)Math.Clamp(label, 0, int.MaxValue))
        : Array.ConvertAll(labels.ToArray<byte>(), label => (int)label);

    static string Text(TensorEntry tensor) => $"{tensor.Kind} [{string.Join(',', tensor.Shape.ToArray())}]";
}
