using Toolchain.Graph.Building;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Gradients;
using Toolchain.Graph.Inspection;
using Toolchain.Graph.Passes;

namespace Toolchain.Graph.Tests;

/// <summary>If: worked by hand, written and read, left whole by the passes, and differentiated.</summary>
public sealed class IfTests
{
    // x y where "go" holds, else 3 x; the loss is the sum.
    static OnnxModel Product(GraphPasses passes = GraphPasses.DeadNodes | GraphPasses.Identities)
    {
        var graph = new GraphBuilder("product");
        Value go = graph.Input("go", ElementType.Bool, new Shape()), x = graph.Input("x", ElementType.Float32, new Shape(2)),
            y = graph.Input("y", ElementType.Float32, new Shape(2));
        Value twin = graph.Apply("Identity", [graph.Apply("Identity", [y])]);
        Value[] made = graph.If(go, then => [then.Mul(x, then.Apply("Identity", [twin]))],
            otherwise => [otherwise.Mul(x, otherwise.Scalar(3, x))]);
        graph.Output("z", made[0]);
        graph.Output("loss", graph.Squeeze(graph.Apply("ReduceSum", [made[0]]), 0));
        return graph.Build(passes: passes);
    }

    static IReadOnlyDictionary<string, TensorData> Run(OnnxModel model, bool go) => Evaluator.Run(model,
        new Dictionary<string, TensorData>
        {
            ["go"] = TensorData.FromDoubles([go ? 1 : 0], [], ElementType.Bool),
            ["x"] = TensorData.Of([2f, 5], 2),
            ["y"] = TensorData.Of([10f, 20], 2),
        });

    [Fact]
    public void Evaluate_ByHand()
    {
        Assert.Equal([20.0, 100], Run(Product(), true)["z"].ToDoubles());
        Assert.Equal([6.0, 15], Run(Product(), false)["z"].ToDoubles());
    }

    [Fact]
    public void Gradients_ByHand_AreThoseOfTheBranchThatRan()
    {
        OnnxModel gradients = GradientGraph.Build(Product(), "loss", ["x", "y"]);
        GraphChecker.Check(gradients);
        IReadOnlyDictionary<string, TensorData> yes = Run(gradients, true), no = Run(gradients, false);
        Assert.Equal([10.0, 20], yes["gradient.x"].ToDoubles());
        Assert.Equal([2.0, 5], yes["gradient.y"].ToDoubles());
        Assert.Equal([3.0, 3], no["gradient.x"].ToDoubles());
        Assert.Equal([0.0, 0], no["gradient.y"].ToDoubles());
    }

    [Fact]
    public void Gradients_OperatorThatCannotBeDifferentiated_IsNamedWithItsPlace()
    {
        var graph = new GraphBuilder("gru");
        Value go = graph.Input("go", ElementType.Bool, new Shape()), x = graph.Input("x", ElementType.Float32, new Shape(2, 1, 3)),
            w = graph.Input("w", ElementType.Float32, new Shape(1, 6, 3)), r = graph.Input("r", ElementType.Float32, new Shape(1, 6, "H"));
        Value[] made = graph.If(go, then => [then.Reshape(then.Apply("ReduceSum",
            [then.Apply("GRU", [x, w, r], new Attributes { ["hidden_size"] = 2 }, 1)[0]]), 1)],
            otherwise => [otherwise.Reshape(otherwise.Apply("ReduceSum", [x]), 1)]);
        graph.Output("loss", made[0]);
        OnnxModel model = graph.Build();
        Assert.Equal("node 'If' (If): node 'gradient/If/GRU' (GRU): its gradient needs the number of hidden elements.",
            Assert.Throws<GraphException>(() => GradientGraph.Build(model, "loss", ["x"])).Message);
    }

    [Fact]
    public void File_WrittenAndRead_IsTheSame()
    {
        OnnxModel model = Product(), read = OnnxFile.FromBytes(model.ToBytes());
        Assert.Equal(model.ToBytes(), read.ToBytes());
        Assert.Equal(Run(model, true)["z"].ToDoubles(), Run(read, true)["z"].ToDoubles());
        string path = Path.GetTempFileName();
        try
        {
            model.Save(path);
            ModelInspection seen = ModelInspection.Load(path);
            Assert.Empty(seen.Foreign);
            Assert.Equal((1, 2), (seen.Operators["If"], seen.Operators["Mul"]));
            Assert.Null(seen.FlopsPerRow);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(GraphPasses.None)]
    [InlineData(GraphPasses.Identities)]
    [InlineData(GraphPasses.Constants)]
    [InlineData(GraphPasses.Duplicates)]
    [InlineData(GraphPasses.Default)]
    public void Apply_EachPass_KeepsWhatTheBranchesCapture(GraphPasses passes)
    {
        OnnxModel changed = Product(GraphPasses.None).Apply(passes);
        GraphChecker.Check(changed);
        Assert.Equal([20.0, 100], Run(changed, true)["z"].ToDoubles());
        Assert.Equal([6.0, 15], Run(changed, false)["z"].ToDoubles());
    }

    [Fact]
    public void If_BranchesOfOtherSizes_AreUnknownThere()
    {
        Assert.Equal(new Shape(Dim.Unknown), Made([x => x], [x => x.Graph.Apply("Concat", [x, x], new Attributes { ["axis"] = 0 })]).Shape);
        Assert.Equal(new Shape(2), Made([x => x], [x => -x]).Shape);
    }

    [Fact]
    public void If_BranchesThatDoNotMatch_AreRefused()
    {
        Assert.Equal("node 'If' (If): 'then_branch' gives Float32 [2] where 'else_branch' gives Float32 [1,2]; expected one type and "
            + "number of axes.", Assert.Throws<GraphException>(() => Made([x => x], [x => x.Unsqueeze(0)])).Message);
        Assert.Equal("node 'If' (If): 'then_branch' gives 1 tensors, 'else_branch' gives 2; expected as many.",
            Assert.Throws<GraphException>(() => Made([x => x], [x => x, x => x])).Message);
    }

    static Value Made(Func<Term, Value>[] then, Func<Term, Value>[] otherwise)
    {
        var graph = new GraphBuilder();
        Value go = graph.Input("go", ElementType.Bool, new Shape()), x = graph.Input("x", ElementType.Float32, new Shape(2));
        return graph.If(go, inner => [.. then.Select(make => make(new Term(inner, x)))],
            inner => [.. otherwise.Select(make => make(new Term(inner, x)))])[0];
    }
}
