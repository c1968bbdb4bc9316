using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace Toolchain.Data.Embeddings;

/// <summary>An Arrow IPC file with the embedding as a list of fixed size.</summary>
sealed class EmbeddingArrow : EmbeddingWriter
{
    readonly Schema schema;
    readonly ArrowFileWriter writer;
    readonly RowGroup group;

    public EmbeddingArrow(string path, EmbeddingColumns columns) : base(columns)
    {
        schema = SchemaOf(columns);
        writer = new ArrowFileWriter(Files.Add(path), schema, leaveOpen: true);
        group = new RowGroup(columns, WriteBatch);
    }

    public override void Dispose()
    {
        writer.Dispose();
        base.Dispose();
    }

    private protected override void Append(EmbeddingRows rows) => group.Add(rows);

    private protected override void End()
    {
        group.Flush();
        writer.WriteEnd();
        Files.Commit();
    }

    void WriteBatch(EmbeddingRows rows)
    {
        using var batch = new RecordBatch(schema, ColumnsOf(rows), rows.Count);
        writer.WriteRecordBatch(batch);
    }

    static Schema SchemaOf(EmbeddingColumns columns)
    {
        List<Field> fields = [new("name", StringType.Default, nullable: false)];
        if (columns.Dimension > 0)
        {
            fields.Add(new("embedding", ListOf(columns.Dimension), nullable: false));
        }
        if (columns.HasLabels)
        {
            fields.Add(new("label", columns.HasWideLabels ? Int64Type.Default : UInt8Type.Default, nullable: false));
        }
        if (columns.HasClusters)
        {
            fields.Add(new("cluster", Int64Type.Default, nullable: false));
        }
        if (columns.HasDigits)
        {
            fields.Add(new("digit", Int64Type.Default, nullable: false));
        }
        if (columns.HasNovelty)
        {
            fields.Add(new("novelty", FloatType.Default, nullable: false));
        }
        if (columns.ClusterCount > 0)
        {
            fields.Add(new("probability", ListOf(columns.ClusterCount), nullable: false));
        }
        return new Schema(fields, null);
    }

    List<IArrowArray> ColumnsOf(EmbeddingRows rows)
    {
        var names = new StringArray.Builder();
        foreach (string name in rows.Names.Span)
        {
            names.Append(name);
        }
        List<IArrowArray> arrays = [names.Build()];
        if (Columns.Dimension > 0)
        {
            arrays.Add(Lists(rows.Embeddings, Columns.Dimension));
        }
        if (Columns.HasLabels)
        {
            arrays.Add(Columns.HasWideLabels ? new Int64Array.Builder().Append(EmbeddingColumns.Wide(rows.Labels.Span)).Build()
                : new UInt8Array.Builder().Append(EmbeddingColumns.Narrow(rows.Labels.Span)).Build());
        }
        if (Columns.HasClusters)
        {
            arrays.Add(new Int64Array.Builder().Append(rows.Clusters.Span).Build());
        }
        if (Columns.HasDigits)
        {
            arrays.Add(new Int64Array.Builder().Append(Columns.DigitsOf(rows.Clusters.Span)).Build());
        }
        if (Columns.HasNovelty)
        {
            arrays.Add(new FloatArray.Builder().Append(rows.Novelty.Span).Build());
        }
        if (Columns.ClusterCount > 0)
        {
            arrays.Add(Lists(rows.Probabilities, Columns.ClusterCount));
        }
        return arrays;
    }

    static FixedSizeListType ListOf(int length) => new(new Field("item", FloatType.Default, nullable: false), length);

    static FixedSizeListArray Lists(ReadOnlyMemory<float> values, int width) =>
        new(ListOf(width), values.Length / width, new FloatArray.Builder().Append(values.Span).Build(), ArrowBuffer.Empty, 0);
}
