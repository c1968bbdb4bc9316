using Toolchain.Graph.Building;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Heads;

namespace Toolchain.Graph.Tests;

public sealed class JointEncoderTests
{
    [Fact]
    public void Embeddings_AreOfOneLengthEach_ByHand()
    {
        OnnxModel joint = OnnxFile.FromBytes(
            JointEncoder.Join([("a", Scaled(1, 2)), ("b", Scaled(-10, 1))], new Dictionary<string, string> { ["k"] = "v" }).ToBytes());
        GraphChecker.Check(joint);
        Assert.Equal("[N,3]", Assert.Single(joint.Outputs).Shape.ToString());
        Assert.Equal("v", joint.Metadata["k"]);
        // (3, 4) has length 5, and an embedding of two numbers gets sqrt(2); its first number alone is 1 or -1; zeros give ones.
        double[] rows = Evaluator.Run(joint, new Dictionary<string, TensorData> { ["x"] = TensorData.Of([3f, 4, 0, 0], 2, 2) })["embedding"]
            .ToDoubles();
        Assert.Equal([0.6 * Math.Sqrt(2), 0.8 * Math.Sqrt(2), -1, 1, 1, 1], rows, (wanted, found) => Math.Abs(wanted - found) < 1e-6);
    }

    [Fact]
    public void OtherOutputs_OfAnEncoderAreLeftOut()
    {
        OnnxModel fused = FusedModel.Fuse(Scaled(1, 2), (graph, x) => ClusterHead.KMeans(graph, x, new double[2, 2], 1),
            new Dictionary<string, string>());
        OnnxModel joint = JointEncoder.Join([("a", fused), ("b", fused)], fused.Metadata);
        Assert.Equal(["embedding"], joint.Outputs.Select(output => output.Name));
        Assert.DoesNotContain(joint.Nodes, node => node.Op == "ArgMin");
    }

    [Fact]
    public void Mistakes_AreNamed()
    {
        OnnxModel encoder = Scaled(1, 2);
        Assert.Equal("'b': expected Float32 x [N,2], as 'a' has, found Float32 x [N,3].", Fails(encoder, Scaled(1, 2, width: 3)));
        Assert.Equal("'b': expected opset 17, as 'a' has, found 13; export it again with that one.",
            Fails(encoder, Scaled(1, 2, opset: 13)));
        Assert.Equal("'b': expected an output 'embedding' [N,D], found cluster [N,2].", Fails(encoder, Scaled(1, 2, output: "cluster")));
    }

    static string Fails(OnnxModel a, OnnxModel b) =>
        Assert.Throws<GraphException>(() => JointEncoder.Join([("a", a), ("b", b)], a.Metadata)).Message;

    // The first columns of x [N,width], times a factor.
    static OnnxModel Scaled(float factor, int columns, int width = 2, int opset = 17, string output = "embedding")
    {
        var graph = new GraphBuilder("scaled", opset);
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", width));
        var weight = new float[columns * width];
        for (int i = 0; i < columns; i++)
        {
            weight[i * width + i] = factor;
        }
        graph.Output(output, graph.Gemm(x, graph.Initializer("w", TensorData.Of(weight, columns, width)), transB: true));
        return graph.Build();
    }
}
