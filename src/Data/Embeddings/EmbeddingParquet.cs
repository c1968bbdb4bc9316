using Parquet;
using Parquet.Schema;

namespace Toolchain.Data;

/// <summary>Parquet with the embedding as a list of floats: Parquet has no list of fixed size.</summary>
static class EmbeddingParquet
{
    const int RowsPerGroup = 16_384;

    public static void Write(string path, EmbeddingTable table) =>
        AtomicFile.Write(path, stream => WriteAsync(stream, table).GetAwaiter().GetResult());

    static async Task WriteAsync(Stream stream, EmbeddingTable table)
    {
        var embedding = new ListField("embedding", new DataField<float>("element", nullable: false));
        var probability = new ListField("probability", new DataField<float>("element", nullable: false));
        List<Field> fields = [new DataField("name", typeof(string), isNullable: false), embedding];
        if (table.Labels is not null)
        {
            fields.Add(new DataField<int>("label", nullable: false));
        }
        if (table.Clusters is not null)
        {
            fields.Add(new DataField<long>("cluster", nullable: false));
        }
        if (table.Probabilities is not null)
        {
            fields.Add(probability);
        }
        var schema = new ParquetSchema(fields);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream);
        for (int start = 0; start < table.Count; start += RowsPerGroup)
        {
            int count = Math.Min(RowsPerGroup, table.Count - start);
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            foreach (DataField field in schema.DataFields)
            {
                await WriteColumn(group, field, table, start, count);
            }
        }
    }

    static Task WriteColumn(ParquetRowGroupWriter group, DataField field, EmbeddingTable table, int start, int count) => field.Path.FirstPart switch
    {
        "name" => group.WriteAsync(field, table.Names[start..(start + count)]),
        "label" => group.WriteAsync<int>(field, table.Labels![start..(start + count)].Select(label => (int)label).ToArray()),
        "cluster" => group.WriteAsync<long>(field, table.Clusters.AsMemory(start, count)),
        "embedding" => WriteList(group, field, table.Embeddings, table.Dimension, start, count),
        _ => WriteList(group, field, table.Probabilities!, table.ClusterCount, start, count),
    };

    static Task WriteList(ParquetRowGroupWriter group, DataField field, float[] values, int columns, int start, int count)
    {
        // Repetition level 0 opens a new list, 1 goes on with it; no list is absent or empty, so every definition level is the highest.
        int[] repetition = new int[count * columns], definition = new int[count * columns];
        for (int i = 0; i < repetition.Length; i++)
        {
            repetition[i] = i % columns == 0 ? 0 : 1;
            definition[i] = field.MaxDefinitionLevel;
        }
        return group.WriteAllPartsAsync<float>(field, values.AsMemory(start * columns, count * columns), definition, repetition, CancellationToken.None);
    }
}
