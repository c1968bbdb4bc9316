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

    /// <summary>The columns of a file; of a stream, whose rows may have errors, those with values may be null.</summary>
    internal static Schema SchemaOf(EmbeddingColumns columns, bool hasErrors = false)
    {
        List<Field> fields = [new("name", StringType.Default, nullable: false)];
        if (columns.Dimension > 0)
        {
            fields.Add(new("embedding", ListOf(columns.Dimension), hasErrors));
        }
        if (columns.HasLabels)
        {
            fields.Add(new("label", columns.HasWideLabels ? Int64Type.Default : UInt8Type.Default, nullable: false));
        }
        if (columns.HasClusters)
        {
            fields.Add(new("cluster", Int64Type.Default, hasErrors));
        }
        if (columns.HasDigits)
        {
            fields.Add(new("digit", Int64Type.Default, hasErrors));
        }
        if (columns.HasNovelty)
        {
            fields.Add(new("novelty", FloatType.Default, hasErrors));
        }
        if (columns.ClusterCount > 0)
        {
            fields.Add(new("probability", ListOf(columns.ClusterCount), hasErrors));
        }
        if (hasErrors)
        {
            fields.Add(new("error", StringType.Default, nullable: true));
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
            arrays.Add(Lists(rows.Embeddings, Columns.Dimension, ArrowBuffer.Empty, 0));
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
            arrays.Add(Lists(rows.Probabilities, Columns.ClusterCount, ArrowBuffer.Empty, 0));
        }
        return arrays;
    }

    static FixedSizeListType ListOf(int length) => new(new Field("item", FloatType.Default, nullable: false), length);

    /// <summary>Lists of one length; those whose bit of <paramref name="valid"/> is not set are null.</summary>
    internal static FixedSizeListArray Lists(ReadOnlyMemory<float> values, int width, ArrowBuffer valid, int nullCount) =>
        new(ListOf(width), values.Length / width, new FloatArray.Builder().Append(values.Span).Build(), valid, nullCount);
}
