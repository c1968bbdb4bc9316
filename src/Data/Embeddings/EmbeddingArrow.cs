using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace Toolchain.Data;

/// <summary>An Arrow IPC file with the embedding as a list of fixed size.</summary>
static class EmbeddingArrow
{
    const int RowsPerBatch = 16_384;

    public static void Write(string path, EmbeddingTable table) => AtomicFile.Write(path, stream =>
    {
        Schema schema = SchemaOf(table);
        using var writer = new ArrowFileWriter(stream, schema, leaveOpen: true);
        for (int start = 0; start < table.Count; start += RowsPerBatch)
        {
            int count = Math.Min(RowsPerBatch, table.Count - start);
            using var batch = new RecordBatch(schema, Columns(table, start, count), count);
            writer.WriteRecordBatch(batch);
        }
        writer.WriteEnd();
    });

    static Schema SchemaOf(EmbeddingTable table)
    {
        List<Field> fields = [new("name", StringType.Default, nullable: false), new("embedding", ListOf(table.Dimension), nullable: false)];
        if (table.Labels is not null)
        {
            fields.Add(new("label", UInt8Type.Default, nullable: false));
        }
        if (table.Clusters is not null)
        {
            fields.Add(new("cluster", Int64Type.Default, nullable: false));
        }
        if (table.Probabilities is not null)
        {
            fields.Add(new("probability", ListOf(table.ClusterCount), nullable: false));
        }
        return new Schema(fields, null);
    }

    static List<IArrowArray> Columns(EmbeddingTable table, int start, int count)
    {
        List<IArrowArray> columns =
        [
            new StringArray.Builder().AppendRange(table.Names[start..(start + count)]).Build(),
            Lists(table.Embeddings, table.Dimension, start, count),
        ];
        if (table.Labels is { } labels)
        {
            columns.Add(new UInt8Array.Builder().Append(labels.AsSpan(start, count)).Build());
        }
        if (table.Clusters is { } clusters)
        {
            columns.Add(new Int64Array.Builder().Append(clusters.AsSpan(start, count)).Build());
        }
        if (table.Probabilities is { } probabilities)
        {
            columns.Add(Lists(probabilities, table.ClusterCount, start, count));
        }
        return columns;
    }

    static FixedSizeListType ListOf(int length) => new(new Field("item", FloatType.Default, nullable: false), length);

    static FixedSizeListArray Lists(float[] values, int columns, int start, int count) =>
        new(ListOf(columns), count, new FloatArray.Builder().Append(values.AsSpan(start * columns, count * columns)).Build(), ArrowBuffer.Empty, 0);
}
