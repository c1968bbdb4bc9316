using Toolchain.Graph.Building;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Inspection;
using Toolchain.Graph.Passes;

namespace Toolchain.Graph.Tests;

/// <summary>Loop: worked by hand, written and read, and left whole by the passes.</summary>
public sealed class LoopTests
{
    static readonly Shape scalar = new();

    // x doubled "count" times with "step" added each time; what was collected is x after each iteration and the iteration squared.
    static OnnxModel Doubling(GraphPasses passes = GraphPasses.DeadNodes | GraphPasses.Identities)
    {
        var graph = new GraphBuilder("doubling");
        Value x = graph.Input("x", ElementType.Float32, new Shape(2)), count = graph.Input("count", ElementType.Int64, scalar);
        Value step = graph.Apply("Identity", [graph.Apply("Neg", [graph.Initializer("step", TensorData.Of([-1f, -10], 2))])]);
        Value twin = graph.Apply("Identity", [graph.Apply("Neg", [graph.Initializer("other", TensorData.Of([-1f, -10], 2))])]);
        Value[] results = graph.Loop(count, [x], (body, i, state) =>
        {
            Value next = body.Add(body.Mul(body.Apply("Identity", [state[0]]), body.Scalar(2, state[0])), step);
            return new LoopStep([next], [body.Add(next, body.Sub(step, twin)), body.Mul(i, i)]);
        });
        graph.Output("last", results[0]);
        graph.Output("all", results[1], new Shape("S", 2));
        graph.Output("squares", results[2]);
        return graph.Build(passes: passes);
    }

    static IReadOnlyDictionary<string, TensorData> Run(OnnxModel model, int count) =>
        Evaluator.Run(model, new Dictionary<string, TensorData>
        {
            ["x"] = TensorData.Of([1f, 0], 2),
            ["count"] = TensorData.Scalar(count, ElementType.Int64)
        });

    [Fact]
    public void Evaluate_ByHand()
    {
        IReadOnlyDictionary<string, TensorData> found = Run(Doubling(), 3);
        // 1 -> 3 -> 7 -> 15 and 0 -> 10 -> 30 -> 70.
        Assert.Equal([15.0, 70], found["last"].ToDoubles());
        Assert.Equal([3.0, 10, 7, 30, 15, 70], found["all"].ToDoubles());
        Assert.Equal([3, 2], found["all"].Sizes);
        Assert.Equal([0L, 1, 4], found["squares"].ToInt64s());
    }

    [Fact]
    public void Evaluate_NoIteration_GivesTheStateAsItWas()
    {
        IReadOnlyDictionary<string, TensorData> found = Run(Doubling(), 0);
        Assert.Equal([1.0, 0], found["last"].ToDoubles());
        Assert.Equal([0, 2], found["all"].Sizes);
        Assert.Equal([0], found["squares"].Sizes);
    }

    [Fact]
    public void Evaluate_ConditionOfTheBody_EndsTheLoop()
    {
        OnnxModel model = Conditional();
        GraphChecker.Check(model);
        // 1, 2, 4, 8, 16: the first that is not below 10 ends it.
        Assert.Equal([16.0], Evaluator.Run(model,
            new Dictionary<string, TensorData>
            {
                ["x"] = TensorData.Of([1f], 1),
                ["go"] = TensorData.FromDoubles([1], [], ElementType.Bool)
            })["y"].ToDoubles());
        Assert.Equal([1.0], Evaluator.Run(model,
            new Dictionary<string, TensorData>
            {
                ["x"] = TensorData.Of([1f], 1),
                ["go"] = TensorData.FromDoubles([0], [], ElementType.Bool)
            })["y"].ToDoubles());
    }

    [Fact]
    public void Evaluate_Endless_IsStopped()
    {
        OnnxModel model = Conditional();
        Assert.Equal("node 'loop' (Loop): it runs more than 131072 times, the most that are evaluated.", Assert.Throws<GraphException>(() =>
            Evaluator.Run(model, new Dictionary<string, TensorData>
            {
                ["x"] = TensorData.Of([0f], 1),
                ["go"] = TensorData.FromDoubles([1], [], ElementType.Bool)
            })).Message);
    }

    // By hand what the builder does not make: no count, but a condition.
    static OnnxModel Conditional()
    {
        Value x = new("x", new TensorType(ElementType.Float32, new Shape(1))), go = new("go", new TensorType(ElementType.Bool, scalar));
        var body = new OnnxModel
        {
            Name = "body",
            Inputs = [new Value("i", new TensorType(ElementType.Int64, scalar)), go with { Name = "before" }, x with { Name = "carried" }],
            Outputs = [go with { Name = "after" }, x with { Name = "twice" }],
            Initializers = [KeyValuePair.Create("two", TensorData.Of([2f], 1))],
            Nodes = [new Node("Mul", "mul", ["carried", "two"], ["twice"], []), new Node("Less", "less", ["twice", "limit"], ["less"], []),
                new Node("Squeeze", "squeeze", ["less"], ["after"], [])],
        };
        return new OnnxModel
        {
            Inputs = [x, go],
            Outputs = [x with { Name = "y" }],
            Initializers = [KeyValuePair.Create("limit", TensorData.Of([10f], 1))],
            Nodes = [new Node("Loop", "loop", ["", "go", "x"], ["y"], new Attributes { ["body"] = body })],
        };
    }

    [Fact]
    public void File_WrittenAndRead_IsTheSame()
    {
        OnnxModel model = Doubling();
        OnnxModel read = OnnxFile.FromBytes(model.ToBytes());
        Assert.Equal(model.ToBytes(), read.ToBytes());
        Assert.Equal(Run(model, 4)["last"].ToDoubles(), Run(read, 4)["last"].ToDoubles());
        Assert.Equal(GraphChecker.Check(model)["last"], GraphChecker.Check(read)["last"]);
        string path = Path.GetTempFileName();
        try
        {
            model.Save(path);
            ModelInspection seen = ModelInspection.Load(path);
            Assert.Empty(seen.Foreign);
            Assert.Equal((1, 2), (seen.Operators["Loop"], seen.Operators["Mul"]));
            Assert.Null(seen.FlopsPerRow);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(GraphPasses.None)]
    [InlineData(GraphPasses.DeadNodes)]
    [InlineData(GraphPasses.Identities)]
    [InlineData(GraphPasses.Constants)]
    [InlineData(GraphPasses.Duplicates)]
    [InlineData(GraphPasses.BatchNorms)]
    [InlineData(GraphPasses.Default)]
    public void Apply_EachPass_KeepsWhatTheBodyCaptures(GraphPasses passes)
    {
        OnnxModel plain = Doubling(GraphPasses.None), changed = plain.Apply(passes);
        GraphChecker.Check(changed);
        foreach (string name in new[] { "last", "all", "squares" })
        {
            Assert.Equal(Run(plain, 3)[name].ToDoubles(), Run(changed, 3)[name].ToDoubles());
        }
        Assert.Equal(passes.HasFlag(GraphPasses.Constants) ? 0 : 2, changed.Nodes.Count(node => node.Op == "Neg"));
        Assert.Equal(passes.HasFlag(GraphPasses.Constants) || passes.HasFlag(GraphPasses.Identities) ? 0 : 2,
            changed.Nodes.Count(node => node.Outputs[0].StartsWith("Identity", StringComparison.Ordinal)));
    }

    [Fact]
    public void Inline_IntoAGraphWithTheSameNames_KeepsTheMeaning()
    {
        var graph = new GraphBuilder("two");
        Value x = graph.Input("x", ElementType.Float32, new Shape(2)), count = graph.Input("count", ElementType.Int64, scalar);
        Value once = graph.Inline(Doubling(), x, count)["last"];
        graph.Output("last", graph.Inline(Doubling(), once, count)["last"]);
        OnnxModel model = graph.Build();
        GraphChecker.Check(model);
        // Six times: 1 -> 3 -> 7 -> 15 -> 31 -> 63 -> 127 and 0 -> 10 -> 30 -> 70 -> 150 -> 310 -> 630.
        Assert.Equal([127.0, 630], Run(model, 3)["last"].ToDoubles());
    }

    [Fact]
    public void Loop_AxisThatTheBodyChanges_IsUnknownAfterIt()
    {
        Value[] grown = Growing(new Shape("N"));
        Assert.Equal(new Shape(Dim.Unknown), grown[0].Shape);
    }

    [Fact]
    public void Loop_FixedAxisThatTheBodyChanges_IsRefused() => Assert.Equal(
        "node 'Loop' (Loop): the body takes 'x.carried' as Float32 [2], but starts with Float32 [2] and continues with Float32 [4].",
        Assert.Throws<GraphException>(() => Growing(new Shape(2))).Message);

    static Value[] Growing(Shape shape)
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, shape), count = graph.Input("count", ElementType.Int64, scalar);
        return graph.Loop(count, [x], (body, _, state) =>
            new LoopStep([body.Apply("Concat", [state[0], state[0]], new Attributes { ["axis"] = 0 })], []));
    }

    [Fact]
    public void Loop_StateOfAnotherLength_IsRefused()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape(2)), count = graph.Input("count", ElementType.Int64, scalar);
        Assert.Equal("the body of a loop with a state of 1 tensors makes 0 of them.",
            Assert.Throws<GraphException>(() => graph.Loop(count, [x], (_, _, _) => new LoopStep([], []))).Message);
    }

    [Fact]
    public void Check_BodyThatTakesANameOfTheGraphAroundIt_IsRefused()
    {
        OnnxModel model = Conditional();
        OnnxModel body = (OnnxModel)model.Nodes[0].Attributes["body"];
        var clash = new OnnxModel
        {
            Inputs = body.Inputs,
            Outputs = body.Outputs,
            Nodes = body.Nodes,
            Initializers = [.. body.Initializers, KeyValuePair.Create("limit", TensorData.Of([1f], 1))]
        };
        var bad = new OnnxModel
        {
            Inputs = model.Inputs,
            Outputs = model.Outputs,
            Initializers = model.Initializers,
            Nodes = [model.Nodes[0] with { Attributes = new Attributes { ["body"] = clash } }]
        };
        Assert.Equal("node 'loop' (Loop): weight 'limit': the name 'limit' is already taken.",
            Assert.Throws<GraphException>(() => GraphChecker.Check(bad)).Message);
    }

    [Fact]
    public void HalfPrecision_RefusesSubgraphs() => Assert.Equal(
        "node 'Loop' (Loop): a graph with subgraphs cannot be made half.",
        Assert.Throws<GraphException>(() => HalfPrecision.Apply(Doubling())).Message);
}
