using Apache.Arrow;
using Apache.Arrow.Ipc;

namespace Toolchain.Data.Embeddings;

/// <summary>Rows as an Arrow IPC stream, a record batch for each batch of images.</summary>
sealed class ArrowRows : EmbeddingStream
{
    readonly Schema schema;
    readonly ArrowStreamWriter writer;

    public ArrowRows(Stream output, EmbeddingColumns columns) : base(output, columns)
    {
        schema = EmbeddingArrow.SchemaOf(columns with { HasLabels = false }, hasErrors: true);
        writer = new ArrowStreamWriter(output, schema, leaveOpen: true);
        writer.WriteStart();
    }

    public override void Dispose()
    {
        writer.Dispose();
        base.Dispose();
    }

    private protected override void Append(EmbeddingRows rows, ReadOnlySpan<string?> errors)
    {
        var (names, problems, valid) = (new StringArray.Builder(), new StringArray.Builder(), new ArrowBuffer.BitmapBuilder());
        int nulls = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            names.Append(rows.Names.Span[row]);
            _ = errors[row] is string error ? problems.Append(error) : problems.AppendNull();
            valid.Append(errors[row] is null);
            nulls += errors[row] is null ? 0 : 1;
        }
        ArrowBuffer bits = valid.Build();
        List<IArrowArray> arrays = [names.Build()];
        if (Columns.Dimension > 0)
        {
            arrays.Add(EmbeddingArrow.Lists(rows.Embeddings, Columns.Dimension, bits, nulls));
        }
        if (Columns.HasClusters)
        {
            arrays.Add(Integers(rows.Clusters.Span));
        }
        if (Columns.HasDigits)
        {
            arrays.Add(Integers(Columns.DigitsOf(rows.Clusters.Span)));
        }
        if (Columns.HasNovelty)
        {
            arrays.Add(new FloatArray(new ArrowBuffer.Builder<float>().Append(rows.Novelty.Span).Build(), bits, rows.Count, nulls, 0));
        }
        if (Columns.ClusterCount > 0)
        {
            arrays.Add(EmbeddingArrow.Lists(rows.Probabilities, Columns.ClusterCount, bits, nulls));
        }
        arrays.Add(problems.Build());
        using var batch = new RecordBatch(schema, arrays, rows.Count);
        writer.WriteRecordBatch(batch);

        Int64Array Integers(ReadOnlySpan<long> values) =>
            new(new ArrowBuffer.Builder<long>().Append(values).Build(), bits, values.Length, nulls, 0);
    }

    private protected override void Finish() => writer.WriteEnd();
}
