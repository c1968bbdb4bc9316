using System.Runtime.InteropServices;
using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Graph;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;

namespace Toolchain.Inference.Tests;

public sealed class EncoderSessionTests : IDisposable
{
    static readonly ImageSet digits = StrokeDigits.Draw(200, 4);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Run_EqualsTheFloat64Evaluator()
    {
        OnnxModel model = Models.Clusterer().Build();
        using EncoderSession session = Open(model);
        Embeddings found = session.Run(digits);
        IReadOnlyDictionary<string, TensorData> expected = Evaluator.Run(model, Models.Input(digits));

        Assert.Equal((200, 5, 3), (found.Count, found.Dimension, found.ClusterCount));
        Equal(expected["embedding"].ToDoubles(), found.Values, 1e-5);
        Equal(expected["probability"].ToDoubles(), found.Probabilities, 1e-5);
        Assert.Equal(expected["cluster"].ToInt64s(), found.Clusters);
        Assert.InRange(found.Clusters!.Distinct().Count(), 2, 3);
    }

    /// <summary>64 is the batch of the session: counts below, at and above it, and the last one padded.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(200)]
    public void Run_ImagesTogetherOrApart_GivesTheSameBits(int count)
    {
        using EncoderSession session = Open(Models.Clusterer().Build());
        ImageSet part = digits.Take(count);
        Embeddings together = session.Run(part);
        foreach (int size in new[] { 1, 7, 64 })
        {
            Embeddings[] apart =
                [.. Enumerable.Range(0, (count + size - 1) / size)
                .Select(i => session.Run(part.Slice(i * size, Math.Min(size, count - i * size))))];
            Assert.Equal(Bits(together.Values), Bits([.. apart.SelectMany(piece => piece.Values)]));
            Assert.Equal(Bits(together.Probabilities), Bits([.. apart.SelectMany(piece => piece.Probabilities)]));
            Assert.Equal(together.Clusters, apart.SelectMany(piece => piece.Clusters!));
        }
    }

    [Fact]
    public void Run_AnyThreadCount_GivesTheSameBits()
    {
        byte[][] runs = [.. new[] { 1, 2, 4 }.Select(threads =>
        {
            using EncoderSession session = Open(Models.Clusterer().Build(), new EncoderOptions { Threads = threads });
            return Bits(session.Run(digits).Values);
        })];
        Assert.All(runs, run => Assert.Equal(runs[0], run));
    }

    [Fact]
    public void Run_FromManyThreads_GivesTheSameBits()
    {
        using EncoderSession session = Open(Models.Encoder().Build());
        byte[] expected = Bits(session.Run(digits).Values);
        var found = new byte[6][];
        Parallel.For(0, found.Length, i => found[i] = Bits(session.Run(digits).Values));
        Assert.All(found, run => Assert.Equal(expected, run));
    }

    [Fact]
    public void Run_Progress_CountsImages()
    {
        using EncoderSession session = Open(Models.Encoder().Build());
        var told = new List<int>();
        session.Run(digits, new Listener(told));
        Assert.Equal([64, 128, 192, 200], told);
    }

    [Fact]
    public void Run_Cancelled_Stops()
    {
        using EncoderSession session = Open(Models.Encoder().Build());
        Assert.Throws<OperationCanceledException>(() => session.Run(digits, cancellation: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Run_NoImages_IsRefused()
    {
        using EncoderSession session = Open(Models.Encoder().Build());
        Assert.Equal("'data' must hold at least one image, held 0. (Parameter 'data')",
            Assert.Throws<ArgumentException>(() => session.Run(digits.Slice(0, 0))).Message);
    }

    [Fact]
    public void Open_EmbeddingOnly_SaysSo()
    {
        using EncoderSession session = Open(Models.Encoder().Build(new Dictionary<string, string> { ["uvl.method"] = "test" }));
        Embeddings found = session.Run(digits.Take(3));
        Assert.Equal((5, 0), (session.Dimension, session.ClusterCount));
        Assert.Null(found.Clusters);
        Assert.Empty(found.Probabilities);
        Assert.Equal("test", session.Metadata["uvl.method"]);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(session.Path))),
            session.Sha256);
        Assert.Equal(new FileInfo(session.Path).Length, session.SizeBytes);
    }

    EncoderSession Open(OnnxModel model, EncoderOptions? options = null)
    {
        string path = folder[$"{Guid.NewGuid():n}.onnx"];
        model.Save(path);
        return EncoderSession.Open(path, options);
    }

    static byte[] Bits(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();

    static void Equal(double[] expected, float[] found, double tolerance)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    sealed class Listener(List<int> told) : IProgress<int>
    {
        public void Report(int value) => told.Add(value);
    }
}
