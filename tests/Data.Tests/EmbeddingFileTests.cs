using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Parquet;
using Parquet.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Npy;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Tests;

public sealed partial class EmbeddingFileTests
{
    static EmbeddingTable Table() =>
        new(["a.png", "b, \"c\".png", "d.png"], [1, 0.1f, -2.5f, 1e-20f, float.NaN, 3], [1, 2, 3], [4, 5, 6],
        [0.25f, 0.75f, 1, 0, 0.5f, 0.5f]);

    [Fact]
    public void Write_Csv_IsInvariantQuotedAndRoundTrips()
    {
        using var folder = new TemporaryFolder();
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "~";
        CultureInfo.CurrentCulture = comma;
        try
        {
            EmbeddingFile.Write(folder["e.csv"], Table());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
        Assert.Equal(
            "name,embedding_0,embedding_1,label,cluster,probability_0,probability_1\n"
            + "a.png,1,0.1,1,4,0.25,0.75\n"
            + "\"b, \"\"c\"\".png\",-2.5,1E-20,2,5,1,0\n"
            + "d.png,nan,3,3,6,0.5,0.5\n",
            File.ReadAllText(folder["e.csv"]));
    }

    [Fact]
    public void Write_Npy_PutsNamesLabelsClustersAndProbabilitiesBeside()
    {
        using var folder = new TemporaryFolder();
        EmbeddingFile.Write(folder["e.npy"], Table());
        TensorEntry embeddings = NpyFile.Read(folder["e.npy"]);
        Assert.Equal([3L, 2L], embeddings.Shape.ToArray());
        Assert.Equal(Table().Embeddings.ToArray(), embeddings.ToArray<float>());
        Assert.Equal("a.png\nb, \"c\".png\nd.png\n", File.ReadAllText(folder["e.names.txt"]));
        Assert.Equal(new byte[] { 1, 2, 3 }, NpyFile.Read(folder["e.labels.npy"]).ToArray<byte>());
        Assert.Equal([4L, 5L, 6L], NpyFile.Read(folder["e.clusters.npy"]).ToArray<long>());
        Assert.Equal(Table().Probabilities, NpyFile.Read(folder["e.probabilities.npy"]).ToArray<float>());
    }

    [Theory]
    [InlineData("e.npy", 10)]
    [InlineData("e.csv", 10)]
    [InlineData("e.parquet", 10)]
    [InlineData("e.arrow", 10)]
    [InlineData("e.npy", 1000)]
    [InlineData("e.csv", 1000)]
    [InlineData("e.parquet", 1000)]
    [InlineData("e.arrow", 1000)]
    public void Read_WhatWasWritten_GivesItBack(string file, int classCount)
    {
        using var folder = new TemporaryFolder();
        string[] names = ["a", "b, \"c\"\nd", .. Enumerable.Range(2, 20_000).Select(row => $"{row}")];
        float[] values = [float.NaN, float.PositiveInfinity, .. Enumerable.Range(2, 2 * names.Length - 2).Select(i => i / 7f)];
        int[] labels = [.. Enumerable.Range(0, names.Length).Select(row => row % classCount)];
        long[] clusters = [.. Enumerable.Range(0, names.Length).Select(row => row % 130L)];
        EmbeddingFile.Write(folder[file], new(names, values, labels, clusters));
        EmbeddingTable read = EmbeddingFile.Read(folder[file]);
        Assert.Equal(2, read.Dimension);
        Assert.Equal(values, read.Embeddings.ToArray());
        // Embeddings that do not come into memory are the same.
        using EmbeddingTable mapped = EmbeddingReader.Read(folder[file], mostInMemory: 0);
        Assert.NotNull(mapped.Owner);
        Assert.Equal(values, mapped.Embeddings.ToArray());
        Assert.Equal(read.Labels, mapped.Labels);
        Assert.Equal(read.Names, mapped.Names);
        Assert.Equal(labels, read.Labels);
        // Beside an .npy the labels come first, and clusters are not looked at.
        Assert.Equal(file == "e.npy" ? null : clusters, read.Clusters);
        EmbeddingFile.Write(folder[file], new(names, values, null, clusters));
        Assert.Equal((null, names.Length), (EmbeddingFile.Read(folder[file]).Labels, EmbeddingFile.Read(folder[file]).Clusters!.Length));
        if (file == "e.csv")
        {
            Assert.Equal(names, read.Names);
        }
    }

    [Theory]
    [InlineData("x,y\n1,2\n", "line 1: expected columns embedding_0")]
    [InlineData("name,embedding_0\na,1\nb\n", "line 3: expected 2 fields")]
    [InlineData("name,embedding_0\na,one\n", "line 2: expected a number in field 2, found 'one'.")]
    [InlineData("name,embedding_0\n\"a,1\n", "line 2: expected a record of at most")]
    [InlineData("name,embedding_0\n", "expected rows of one length, found 0 numbers in 0 rows")]
    public void Read_DamagedCsv_NamesTheLine(string text, string message)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("e.csv", System.Text.Encoding.UTF8.GetBytes(text));
        Assert.StartsWith($"'{path}': {message}", Assert.Throws<InvalidDataException>(() => EmbeddingFile.Read(path)).Message);
    }

    // Cluster 4 is a two, cluster 1 has no digit.
    [Fact]
    public void Write_DigitsAndNovelty_StandBesideTheCluster()
    {
        using var folder = new TemporaryFolder();
        foreach (string file in (string[])["e.csv", "e.npy", "e.parquet", "e.arrow"])
        {
            var columns = new EmbeddingColumns(1, false, true, 0, true) { ClusterDigits = [0, -1, 0, 0, 2] };
            using EmbeddingWriter writer = EmbeddingFile.Create(folder[file], columns);
            writer.Write(new(new[] { "a", "b" }, new[] { 1f, 2 }, default, new[] { 4L, 1 }, default, new[] { 0.5f, 3 }));
            writer.Finish();
        }
        Assert.Equal("name,embedding_0,cluster,digit,novelty\na,1,4,2,0.5\nb,2,1,-1,3\n", File.ReadAllText(folder["e.csv"]));
        Assert.Equal([2L, -1], NpyFile.Read(folder["e.digits.npy"]).ToArray<long>());
        Assert.Equal([0.5f, 3], NpyFile.Read(folder["e.novelty.npy"]).ToArray<float>());
        using FileStream stream = File.OpenRead(folder["e.arrow"]);
        using var reader = new ArrowFileReader(stream);
        using RecordBatch batch = reader.ReadNextRecordBatch()!;
        Assert.Equal([2L, -1], ((Int64Array)batch.Column("digit")).Values.ToArray());
        Assert.Equal([0.5f, 3], ((FloatArray)batch.Column("novelty")).Values.ToArray());
        Assert.Contains("digit", System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(folder["e.parquet"])), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NpyWithoutLabels_RemovesThoseOfAnEarlierTable()
    {
        using var folder = new TemporaryFolder();
        EmbeddingFile.Write(folder["e.npy"], Table());
        EmbeddingFile.Write(folder["e.npy"], new(["x"], [1]));
        Assert.Equal(["e.names.txt", "e.npy"], Directory.GetFiles(folder.Root).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Write_Parquet_ReadsBackInEveryColumn()
    {
        using var folder = new TemporaryFolder();
        EmbeddingFile.Write(folder["e.parquet"], Table());
        await using ParquetReader reader = await ParquetReader.CreateAsync(folder["e.parquet"],
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["name", "embedding/list/element", "label", "cluster", "probability/list/element"],
            reader.Schema.DataFields.Select(field => field.Path.ToString()));
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        string?[] names = new string[3];
        await group.ReadAsync(reader.Schema.DataFields[0], names.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Table().Names.AsEnumerable(), names);
        using RawColumnData<float> values = (RawColumnData<float>)await group.ReadRawColumnDataBaseAsync(reader.Schema.DataFields[1],
            TestContext.Current.CancellationToken);
        Assert.Equal(Table().Embeddings.ToArray(), values.Values.ToArray());
        Assert.Equal([0, 1, 0, 1, 0, 1], values.RepetitionLevels.ToArray());
        using RawColumnData<long> clusters = (RawColumnData<long>)await group.ReadRawColumnDataBaseAsync(reader.Schema.DataFields[3],
            TestContext.Current.CancellationToken);
        Assert.Equal([4L, 5L, 6L], clusters.Values.ToArray());
    }

    [Fact]
    public void Write_Arrow_ReadsBackInEveryColumn()
    {
        using var folder = new TemporaryFolder();
        EmbeddingFile.Write(folder["e.arrow"], Table());
        using FileStream stream = File.OpenRead(folder["e.arrow"]);
        using var reader = new ArrowFileReader(stream);
        using RecordBatch batch = reader.ReadNextRecordBatch();
        Assert.Equal(["name", "embedding", "label", "cluster", "probability"], batch.Schema.FieldsList.Select(field => field.Name));
        Assert.Equal("b, \"c\".png", ((StringArray)batch.Column("name")).GetString(1));
        var embedding = (FixedSizeListArray)batch.Column("embedding");
        Assert.Equal(Table().Embeddings.ToArray(), ((FloatArray)embedding.Values).Values.ToArray());
        Assert.Equal(0, embedding.NullCount);
        Assert.Equal(new byte[] { 1, 2, 3 }, ((UInt8Array)batch.Column("label")).Values.ToArray());
    }

    [Fact]
    public void Write_UnknownExtension_NamesTheKnownOnes() => Assert.Equal(
        "'e.xlsx': expected an extension among .npy .csv .parquet .arrow, found '.xlsx'. (Parameter 'path')",
        Assert.Throws<ArgumentException>(() => EmbeddingFile.RequireFormat("e.xlsx")).Message);

    [Fact]
    public void Write_NpyNameWithLineBreak_StaysOneLine()
    {
        using var folder = new TemporaryFolder();
        EmbeddingFile.Write(folder["e.npy"], new(["a\nb\r", "c\\n"], [1, 2]));
        Assert.Equal("a\\u000ab\\u000d\nc\\n\n", File.ReadAllText(folder["e.names.txt"]));
    }

    [Theory]
    [InlineData("e.csv")]
    [InlineData("e.npy")]
    public void FilesOf_ATable_AreThoseThatAreWritten(string name)
    {
        using var folder = new TemporaryFolder();
        EmbeddingTable table = Table();
        var columns = new EmbeddingColumns(table.Dimension, true, true, table.ClusterCount, true) { ClusterDigits = [0, 1, 2, 3, 4, 5, 6] };
        using EmbeddingWriter writer = EmbeddingFile.Create(folder[name], columns);
        writer.Write(new(table.Names.ToArray(), table.Embeddings, table.Labels, table.Clusters, table.Probabilities, new float[3]));
        writer.Finish();
        Assert.Equal(Directory.GetFiles(folder.Root).Order(), EmbeddingFile.FilesOf(folder[name]).Order());
    }

    [Fact]
    public void Constructor_RaggedEmbeddings_AreRefused() => Assert.Equal(
        "'embeddings' must hold a whole number of columns for 2 rows, held 3 values. (Parameter 'embeddings')",
        Assert.Throws<ArgumentException>(() => new EmbeddingTable(["a", "b"], [1, 2, 3])).Message);
}
