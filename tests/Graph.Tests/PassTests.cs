using Toolchain.Graph.Building;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Passes;

namespace Toolchain.Graph.Tests;

/// <summary>Each pass alone: what it takes away, and that the outputs stay.</summary>
public sealed class PassTests
{
    const GraphPasses None = GraphPasses.None;

    static TensorData Weights(int seed, params long[] sizes)
    {
        var random = new Random(seed);
        return TensorData.Of([.. Enumerable.Range(0, (int)sizes.Aggregate((a, b) => a * b)).Select(_ => random.NextSingle() + 0.1f)],
            sizes);
    }

    // Something for every pass: a dead branch, identities, a constant branch, twins, two batch norms of which one can be folded.
    static OnnxModel Everything()
    {
        var graph = new GraphBuilder("everything");
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 3, 4, 4));
        _ = graph.Mul(x, graph.Initializer("dead.weight", Weights(1, 1)));
        Value y = graph.Apply("Identity", [graph.Apply("Identity", [x])]);
        y = graph.Apply("Conv", [y, graph.Initializer("conv.weight", Weights(2, 2, 3, 3, 3))]);
        y = Norm(graph, y, "bn1", 2);
        Value shift = graph.Add(graph.Apply("Neg", [graph.Constant(Weights(3, 2, 1, 1))]), graph.Constant(Weights(4, 2, 1, 1)));
        y = graph.Add(graph.Apply("Tanh", [graph.Add(y, shift)]), graph.Apply("Tanh", [graph.Add(y, shift)]));
        y = graph.Gemm(graph.Flatten(y), graph.Initializer("fc.weight", Weights(5, 8, 3)), graph.Initializer("fc.bias", Weights(6, 3)));
        Value embedding = Norm(graph, y, "bn2", 3);
        Value shared = graph.Mul(graph.Constant(TensorData.Scalar(2)), graph.Mul(embedding, graph.Constant(TensorData.Scalar(2))));
        graph.Output("embedding", embedding);
        graph.Output("logits", graph.Add(shared, y));
        return graph.Build(passes: None);
    }

    static Value Norm(GraphBuilder graph, Value x, string name, int channels) =>
        graph.Apply("BatchNormalization", [x,
        .. Enumerable.Range(0, 4).Select(i => graph.Initializer($"{name}.{i}", Weights(10 + i, channels)))],
        new Attributes { ["epsilon"] = 0.01f });

    static void RequireSame(OnnxModel expected, OnnxModel found, double tolerance)
    {
        GraphChecker.Check(found);
        foreach (int rows in (int[])[1, 3])
        {
            var random = new Random(rows);
            var inputs = expected.Inputs.ToDictionary(input => input.Name, input =>
            {
                long[] sizes = [.. input.Shape.Select(dim => dim.Size ?? rows)];
                return TensorData.FromDoubles([.. Enumerable.Range(0, (int)sizes.Aggregate(1L, (a, b) => a * b))
                    .Select(_ => random.NextDouble() * 4 - 2)], sizes, input.Type.Element);
            });
            IReadOnlyDictionary<string, TensorData> before = Evaluator.Run(expected, inputs), after = Evaluator.Run(found, inputs);
            Assert.Equal(before.Keys, after.Keys);
            foreach ((string name, TensorData value) in before)
            {
                Assert.Equal(value.Sizes, after[name].Sizes);
                Assert.All(value.ToDoubles().Zip(after[name].ToDoubles()), pair =>
                    Assert.InRange(pair.Second - pair.First, -tolerance * (1 + Math.Abs(pair.First)),
                    tolerance * (1 + Math.Abs(pair.First))));
            }
        }
    }

    static string Operators(OnnxModel model) => string.Join(" ", model.Nodes.Select(node => node.Op));

    [Theory]
    [InlineData(GraphPasses.None, 20, 16)]
    [InlineData(GraphPasses.DeadNodes, 19, 15)]
    [InlineData(GraphPasses.Identities, 16, 16)]
    [InlineData(GraphPasses.Constants, 18, 18)]
    [InlineData(GraphPasses.Duplicates, 18, 15)]
    [InlineData(GraphPasses.BatchNorms, 19, 17)]
    [InlineData(GraphPasses.Default, 11, 13)]
    [InlineData(GraphPasses.Default | GraphPasses.BatchNorms, 10, 10)]
    public void Apply_EachAlone_KeepsTheOutputs(GraphPasses passes, int nodes, int weights)
    {
        OnnxModel plain = Everything(), changed = plain.Apply(passes);

        // Only the last two round anew: to float32, once for each weight.
        RequireSame(plain, changed, passes.HasFlag(GraphPasses.BatchNorms) || passes.HasFlag(GraphPasses.Constants) ? 1e-6 : 0);
        Assert.Equal((nodes, weights), (changed.Nodes.Count, changed.Initializers.Count));
        Assert.Equal(changed.ToBytes(), Everything().Apply(passes).ToBytes());
        Assert.Equal(changed.ToBytes(), changed.Apply(passes).ToBytes());
    }

    [Fact]
    public void Apply_OverOtherModels_KeepsTheOutputs()
    {
        foreach (OnnxModel model in FuzzSeeds.All)
        {
            foreach (GraphPasses pass in Enum.GetValues<GraphPasses>())
            {
                RequireSame(model, model.Apply(pass), 1e-6);
            }
        }
    }

    [Fact]
    public void BatchNorms_ByHand_GiveTheNumbersOfTheDoc()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 1));
        Value y = graph.Gemm(x, graph.Initializer("w", TensorData.Of([3f], 1, 1)), graph.Initializer("b", TensorData.Of([5f], 1)),
            transB: true);
        // scale, shift, mean, variance
        Value[] statistics = [.. new[] { 8f, 7f, 1f, 3.75f }.Select((value, i) => graph.Initializer($"bn.{i}", TensorData.Of([value], 1)))];
        graph.Output("y", graph.Apply("BatchNormalization", [y, .. statistics], new Attributes { ["epsilon"] = 0.25f }));
        OnnxModel folded = graph.Build(passes: GraphPasses.BatchNorms | GraphPasses.DeadNodes | GraphPasses.Identities);

        Assert.Equal("Gemm", Operators(folded));
        Assert.Equal(["w", "b"], folded.Initializers.Select(pair => pair.Key)); // s = 8 / sqrt(3.75 + 0.25) = 4
        Assert.Equal([12.0], folded.Initializers[0].Value.ToDoubles()); // 3 s
        Assert.Equal([23.0], folded.Initializers[1].Value.ToDoubles()); // (5 - 1) s + 7
    }

    [Fact]
    public void BatchNorms_LeaveWhatOthersReadOrShare()
    {
        OnnxModel second = Everything().Apply(GraphPasses.BatchNorms);
        // the Gemm before it feeds the logits, too
        Assert.Equal("bn2.0", second.Nodes.Single(node => node.Op == "BatchNormalization").Inputs[1]);

        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 2)), w = graph.Initializer("w", Weights(1, 2, 2));
        graph.Output("y", Norm(graph, graph.Gemm(Norm(graph, graph.Gemm(x, w), "a", 2), w), "b", 2));
        Assert.Equal("Gemm BatchNormalization Gemm BatchNormalization",
            Operators(graph.Build(passes: GraphPasses.BatchNorms | GraphPasses.Identities)));
    }

    [Fact]
    public void Constants_ThatWouldGrowTheFile_OrAreOutputs_AreKept()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape(1, 100_000));
        Value wide = graph.Apply("Expand", [graph.Constant(TensorData.Of([1f], 1, 1)), graph.Constant(TensorData.Vector(1, 100_000))]);
        graph.Output("y", graph.Add(x, wide));
        graph.Output("c", graph.Apply("Neg", [graph.Constant(TensorData.Of([1f], 1))]));
        Assert.Equal("Expand Add Neg", Operators(graph.Build(passes: GraphPasses.Constants | GraphPasses.Identities)));
    }

    [Fact]
    public void Constants_BeyondWhatDoublesHold_AreKept()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Int64, new Shape(1));
        graph.Output("y", graph.Add(x, graph.Apply("Neg", [graph.Constant(TensorData.Vector((1L << 53) + 2))])));
        Assert.Equal("Neg Add", Operators(graph.Build(passes: GraphPasses.Constants | GraphPasses.Identities)));
    }

    [Fact]
    public void Duplicates_KeepNamedWeightsAndOutputs()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape(1));
        Value a = graph.Initializer("a", TensorData.Of([1f], 1)), b = graph.Initializer("b", TensorData.Of([1f], 1));
        graph.Output("y", graph.Add(graph.Add(x, a), graph.Add(x, b)));
        graph.Output("p", graph.Apply("Exp", [x]));
        graph.Output("q", graph.Apply("Exp", [x]));
        OnnxModel model = graph.Build(passes: GraphPasses.Duplicates | GraphPasses.Identities);
        Assert.Equal("Add Add Add Exp Exp", Operators(model));
        Assert.Equal(["a", "b"], model.Initializers.Select(pair => pair.Key));
    }

    [Fact]
    public void Duplicates_OfOtherAttributes_StayApart()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 3));
        graph.Output("y", graph.Add(graph.Softmax(x, 1), graph.Add(graph.Softmax(x, 0), graph.Softmax(x, 1))));
        Assert.Equal("Softmax Softmax Add Add", Operators(graph.Build(passes: GraphPasses.Duplicates | GraphPasses.Identities)));
    }
}
