using Toolchain.Graph.Building;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;

namespace Toolchain.Graph.Tests;

public sealed class GraphBuilderTests
{
    static readonly Shape image = new("N", 1, 4, 4);

    [Fact]
    public void Gemm_SymbolicBatch_KeepsTheSymbol()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 3));
        Value w = graph.Initializer("w", TensorData.Of(new float[6], 2, 3));
        Assert.Equal(new Shape("N", 2), graph.Gemm(x, w, transB: true).Shape);
    }

    [Fact]
    public void Reshape_FreeAxis_TakesTheSymbolOrTheNumber()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, image);
        Assert.Equal(new Shape("N", 16), graph.Reshape(x, 0, -1).Shape);
        Assert.Equal(new Shape("N", 16), graph.Reshape(x, -1, 16).Shape);
        Assert.Equal(new Shape(Dim.Unknown, 8), graph.Reshape(x, -1, 8).Shape);
    }

    [Fact]
    public void Inline_ArgumentsLeftOut_SaysHowManyAreExpected()
    {
        var inner = new GraphBuilder("sum");
        Value a = inner.Input("a", ElementType.Float32, new Shape(2)), b = inner.Input("b", ElementType.Float32, new Shape(2));
        inner.Output("c", inner.Add(a, b));
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape(2));
        GraphException error = Assert.Throws<GraphException>(() => graph.Inline(inner.Build(), x));
        Assert.Equal("model 'sum': expected 2 arguments, one for each input, found 1.", error.Message);
    }

    [Fact]
    public void Gemm_WrongWidth_NamesTheNodeAndTheShapes()
    {
        var graph = new GraphBuilder { Scope = "encoder/fc" };
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 4));
        Value w = graph.Initializer("w", TensorData.Of(new float[6], 2, 3));
        var error = Assert.Throws<GraphException>(() => graph.Gemm(x, w, transB: true));
        Assert.Equal("node 'encoder/fc/Gemm' (Gemm): inner sizes 4 and 3 of [N,4] and [2,3] differ.", error.Message);
    }

    [Fact]
    public void Apply_UnknownOperator_IsRefused()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 4));
        var error = Assert.Throws<GraphException>(() => graph.Apply("Fancy", [x]));
        Assert.StartsWith("node 'Fancy' (Fancy): operator 'Fancy' is not known; known are ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_OperatorNewerThanOpset_NamesTheOpsetItNeeds()
    {
        var graph = new GraphBuilder(opset: 13);
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 4));
        Value one = graph.Initializer("one", TensorData.Of([1f, 1, 1, 1], 4));
        var error = Assert.Throws<GraphException>(() => graph.Apply("LayerNormalization", [x, one]));
        Assert.Equal("node 'LayerNormalization' (LayerNormalization): operator 'LayerNormalization' needs opset 17, the model has 13; "
            + "export with --opset 17 or higher.", error.Message);
    }

    [Fact]
    public void Build_WithoutOutput_IsRefused() =>
        Assert.Equal("graph 'model' has no output; call Output before Build.",
        Assert.Throws<GraphException>(() => new GraphBuilder().Build()).Message);

    [Fact]
    public void Output_DeclaredOtherwise_IsRefused()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 4));
        var error = Assert.Throws<GraphException>(() => graph.Output("y", x, new Shape("N", 5)));
        Assert.Equal("output 'y' is declared [N,5], but is [N,4].", error.Message);
    }

    [Fact]
    public void Build_DropsWhatNoOutputNeeds_AndTheIdentities()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 4));
        Value unused = graph.Initializer("unused", TensorData.Of([1f], 1));
        _ = graph.Mul(x, unused);
        graph.Output("y", graph.Apply("Relu", [graph.Apply("Identity", [x])]));
        OnnxModel model = graph.Build();
        Node node = Assert.Single(model.Nodes);
        Assert.Equal(("Relu", "x", "y"), (node.Op, node.Inputs[0], node.Outputs[0]));
        Assert.Empty(model.Initializers);
    }

    [Fact]
    public void Output_OfAnInput_KeepsOneIdentity()
    {
        var graph = new GraphBuilder();
        graph.Output("y", graph.Input("x", ElementType.Float32, new Shape("N", 4)));
        Assert.Equal("Identity", Assert.Single(graph.Build().Nodes).Op);
    }

    [Fact]
    public void Output_SameValueTwice_GivesBothNames()
    {
        var graph = new GraphBuilder();
        Value relu = graph.Apply("Relu", [graph.Input("x", ElementType.Float32, new Shape(1))]);
        graph.Output("a", relu);
        graph.Output("b", relu);
        OnnxModel model = graph.Build();
        GraphChecker.Check(model);
        var result = Evaluator.Run(model, new Dictionary<string, TensorData> { ["x"] = TensorData.Of([3f], 1) });
        Assert.Equal((3.0, 3.0), (result["a"].ToDoubles()[0], result["b"].ToDoubles()[0]));
    }

    [Fact]
    public void Inline_TwoModels_RunsAsTheirComposition()
    {
        OnnxModel twice = Single("w", 2), thrice = Single("w", 3);
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 1));
        Value y = graph.Inline(twice, x)["y"];
        graph.Output("z", graph.Inline(thrice, y)["y"]);
        OnnxModel both = OnnxFile.FromBytes(graph.Build().ToBytes());
        GraphChecker.Check(both);
        Assert.Equal(30, Evaluator.Run(both, new Dictionary<string, TensorData> { ["x"] = TensorData.Of([5f], 1, 1) })["z"].ToDoubles()[0]);

        static OnnxModel Single(string name, float factor)
        {
            var graph = new GraphBuilder();
            Value x = graph.Input("x", ElementType.Float32, new Shape("N", 1));
            graph.Output("y", graph.Mul(x, graph.Initializer(name, TensorData.Of([factor], 1))));
            return graph.Build();
        }
    }
}
