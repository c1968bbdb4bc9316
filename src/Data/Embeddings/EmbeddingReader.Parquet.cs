using Parquet;
using Parquet.Schema;
using Toolchain.Data.Parquet;

namespace Toolchain.Data.Embeddings;

/// <summary>Embeddings from Parquet.</summary>
static partial class EmbeddingReader
{
    // Of a column of one row group, which is read into one array: 1 GiB of float32.
    const long MostGroupValues = 1 << 28;

    static EmbeddingTable FromParquet(FileStream file, string path, long mostInMemory) => ParquetStream.Guard(path, async () =>
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
        using var values = new FloatSpool(mostInMemory);
        List<int> labels = [];
        List<long> clusters = [];
        long rows = 0;
        for (int index = 0; index < footer.Groups.Length; index++)
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(index);
            values.Add(await Column<float>(group, embedding, index));
            labels.AddRange(label is null ? [] : await Column<int>(group, label, index));
            clusters.AddRange(cluster is null ? [] : await Column<long>(group, cluster, index));
            rows += footer.Groups[index].Rows;
        }
        (ReadOnlyMemory<float> embeddings, IDisposable? owner) = values.Finish();
        return Table(path, new(embeddings, (int)rows)
        {
            Owner = owner,
            Labels = label is null ? null : [.. labels.Select(label => Math.Max(label, 0))],
            Clusters = cluster is null ? null : [.. clusters],
        });

        async Task<T[]> Column<T>(ParquetRowGroupReader group, DataField field, int index) where T : struct
        {
            ParquetColumn column = Array.Find(footer.Groups[index].Columns, one => one.Path == field.Path.ToString());
            if (column.Values > MostGroupValues)
            {
                throw new InvalidDataException($"'{path}': row group {index}: expected at most {MostGroupValues} numbers, found "
                    + $"{column.Values}; write smaller groups.");
            }
            RequireRoom(path, values.Count + column.Values);
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
}
