using Parquet;
using Parquet.Schema;

namespace Toolchain.Data.Embeddings;

/// <summary>Parquet with the embedding as a list of floats: Parquet has no list of fixed size.</summary>
sealed class EmbeddingParquet : EmbeddingWriter
{
    readonly ParquetSchema schema;
    readonly ParquetWriter writer;
    readonly RowGroup group;

    public EmbeddingParquet(string path, EmbeddingColumns columns) : base(columns)
    {
        schema = SchemaOf(columns);
        // Floats of an embedding do not shrink; and Snappy's packing depends on the processor's instructions, so its bytes would too.
        writer = ParquetWriter.CreateAsync(schema, Files.Add(path), new ParquetOptions { CompressionMethod = CompressionMethod.None })
            .GetAwaiter().GetResult();
        group = new RowGroup(columns, rows => WriteGroup(rows).GetAwaiter().GetResult());
    }

    private protected override void Append(EmbeddingRows rows) => group.Add(rows);

    private protected override void End()
    {
        group.Flush();
        // This writes the footer. A writer whose file is thrown away is not disposed: it needs none, and a full disk has no room for one.
        writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Files.Commit();
    }

    static ParquetSchema SchemaOf(EmbeddingColumns columns)
    {
        List<Field> fields = [new DataField("name", typeof(string), isNullable: false)];
        if (columns.Dimension > 0)
        {
            fields.Add(ListOf("embedding"));
        }
        if (columns.HasLabels)
        {
            fields.Add(new DataField<int>("label", nullable: false));
        }
        if (columns.HasClusters)
        {
            fields.Add(new DataField<long>("cluster", nullable: false));
        }
        if (columns.HasDigits)
        {
            fields.Add(new DataField<long>("digit", nullable: false));
        }
        if (columns.HasNovelty)
        {
            fields.Add(new DataField<float>("novelty", nullable: false));
        }
        if (columns.ClusterCount > 0)
        {
            fields.Add(ListOf("probability"));
        }
        return new ParquetSchema(fields);
    }

    static ListField ListOf(string name) => new(name, new DataField<float>("element", nullable: false));

    async Task WriteGroup(EmbeddingRows rows)
    {
        using ParquetRowGroupWriter target = writer.CreateRowGroup();
        foreach (DataField field in schema.DataFields)
        {
            await (field.Path.FirstPart switch
            {
                "name" => target.WriteAsync(field, rows.Names.ToArray()),
                "label" => target.WriteAsync<int>(field, rows.Labels.ToArray()),
                "cluster" => target.WriteAsync<long>(field, rows.Clusters),
                "digit" => target.WriteAsync<long>(field, Columns.DigitsOf(rows.Clusters.Span)),
                "novelty" => target.WriteAsync<float>(field, rows.Novelty),
                "embedding" => WriteList(target, field, rows.Embeddings, Columns.Dimension),
                _ => WriteList(target, field, rows.Probabilities, Columns.ClusterCount),
            });
        }
    }

    static Task WriteList(ParquetRowGroupWriter group, DataField field, ReadOnlyMemory<float> values, int width)
    {
        // Repetition level 0 starts a new list, 1 continues it; no list is absent or empty, so every definition level is the highest.
        int[] repetition = new int[values.Length], definition = new int[values.Length];
        for (int i = 0; i < repetition.Length; i++)
        {
            repetition[i] = i % width == 0 ? 0 : 1;
            definition[i] = field.MaxDefinitionLevel;
        }
        return group.WriteAllPartsAsync<float>(field, values, definition, repetition, CancellationToken.None);
    }
}
