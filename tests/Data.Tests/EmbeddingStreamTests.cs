using System.Text;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Toolchain.Data.Embeddings;

namespace Toolchain.Data.Tests;

public sealed class EmbeddingStreamTests
{
    static readonly EmbeddingColumns columns = new(2, HasLabels: true, HasClusters: true, 2, HasNovelty: true)
    {
        ClusterDigits = [7, -1],
    };

    static readonly EmbeddingRows rows = new(new[] { "a\"b", "bad", "c" }, new[] { 1f, -0.1f, 9, 9, 3e-9f, 0 }, default, new[] { 0L, 9, 1 },
        new[] { 0.25f, 0.75f, 9, 9, 1, 0 }, new[] { 0.5f, 9, 2 });

    [Fact]
    public void Json_RowsWithAnError_AreLines()
    {
        var output = new MemoryStream();
        using (var stream = EmbeddingStream.Create(StreamFormat.Ndjson, output, columns))
        {
            stream.Write(rows, [null, "'bad': no image", null]);
            stream.End();
        }
        Assert.Equal("""
            {"name":"a\"b","embedding":[1,-0.1],"cluster":0,"digit":7,"novelty":0.5,"probability":[0.25,0.75]}
            {"name":"bad","error":"'bad': no image"}
            {"name":"c","embedding":[3E-09,0],"cluster":1,"digit":-1,"novelty":2,"probability":[1,0]}

            """, Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void Arrow_RowsWithAnError_AreNullThere()
    {
        var output = new MemoryStream();
        using (var stream = EmbeddingStream.Create(StreamFormat.Arrow, output, columns))
        {
            stream.Write(rows, [null, "'bad': no image", null]);
            stream.Write(rows, [null, null, null]);
            stream.End();
        }
        output.Position = 0;
        using var reader = new ArrowStreamReader(output);
        using RecordBatch first = reader.ReadNextRecordBatch(), second = reader.ReadNextRecordBatch();
        Assert.Null(reader.ReadNextRecordBatch());
        Assert.Equal(["name", "embedding", "cluster", "digit", "novelty", "probability", "error"],
            first.Schema.FieldsList.Select(field => field.Name));
        Assert.Equal([null, "'bad': no image", null], Enumerable.Range(0, 3)
            .Select(row => ((StringArray)first.Column("error")).GetString(row)));
        Assert.Equal([0L, null, 1], ((Int64Array)first.Column("cluster")).ToArray());
        Assert.Equal([7L, null, -1], ((Int64Array)first.Column("digit")).ToArray());
        Assert.Equal([0.5f, null, 2], ((FloatArray)first.Column("novelty")).ToArray());
        foreach (string name in new[] { "embedding", "probability" })
        {
            var lists = (FixedSizeListArray)first.Column(name);
            Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(row => lists.IsNull(row)));
            Assert.Equal(0, ((FixedSizeListArray)second.Column(name)).NullCount);
        }
        Assert.Equal(rows.Embeddings.ToArray(), ((FloatArray)((FixedSizeListArray)second.Column("embedding")).Values).Values.ToArray());
    }

    [Fact]
    public void Arrow_NoRows_IsAStreamOfNone()
    {
        var output = new MemoryStream();
        using (var stream = EmbeddingStream.Create(StreamFormat.Arrow, output, columns))
        {
            stream.End();
        }
        output.Position = 0;
        using var reader = new ArrowStreamReader(output);
        Assert.Null(reader.ReadNextRecordBatch());
        Assert.Equal(7, reader.Schema.FieldsList.Count);
    }
}
