using Toolchain.Graph.Building;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Operators;
using Toolchain.Graph.Typing;

namespace Toolchain.Graph.Tests;

/// <summary>ONNX's type rules, which no model may break: neither one that is built nor one that is read.</summary>
public sealed class OperatorSchemaTests
{
    static string Refused(string op, int opset, params ElementType[] types) => Assert.Throws<GraphException>(() =>
    {
        var graph = new GraphBuilder(opset: opset);
        _ = graph.Apply(op, [.. types.Select((type, i) => graph.Input($"x{i}", type, new Shape(2, 3)))]);
    }).Message;

    [Theory]
    [InlineData("Floor", 17, ElementType.Int64, "input 0 ('X') is Int64; Floor of opset 13 takes Float32, Float16, Float64, BFloat16.")]
    [InlineData("Ceil", 23, ElementType.Int32, "input 0 ('X') is Int32; Ceil of opset 13 takes Float32, Float16, Float64, BFloat16.")]
    [InlineData("IsNaN", 17, ElementType.Int64, "input 0 ('X') is Int64; IsNaN of opset 13 takes Float32, Float16, Float64, BFloat16.")]
    [InlineData("Relu", 13, ElementType.Int64, "input 0 ('X') is Int64; Relu of opset 13 takes Float32, Float16, Float64, BFloat16.")]
    [InlineData("Sign", 17, ElementType.Bool,
        "input 0 ('input') is Bool; Sign of opset 13 takes Float32, UInt8, Int8, Int32, Int64, Float16, Float64, BFloat16.")]
    [InlineData("ReduceMax", 17, ElementType.Bool,
        "input 0 ('data') is Bool; ReduceMax of opset 13 takes Float32, UInt8, Int8, Int32, Int64, Float16, Float64, BFloat16.")]
    [InlineData("ReduceSum", 17, ElementType.UInt8,
        "input 0 ('data') is UInt8; ReduceSum of opset 13 takes Float32, Int32, Int64, Float16, Float64, BFloat16.")]
    [InlineData("GlobalAveragePool", 17, ElementType.Int64,
        "input 0 ('X') is Int64; GlobalAveragePool of opset 1 takes Float32, Float16, Float64.")]
    public void Apply_TypeThatOnnxDoesNotAllow_IsRefused(string op, int opset, ElementType type, string message) =>
        Assert.EndsWith($"({op}): {message}", Refused(op, opset, type), StringComparison.Ordinal);

    [Theory]
    [InlineData("Mul", ElementType.Bool)]
    [InlineData("Less", ElementType.Bool)]
    [InlineData("TopK", ElementType.Bool)]
    [InlineData("MatMul", ElementType.UInt8)]
    [InlineData("Pow", ElementType.UInt8)]
    [InlineData("And", ElementType.Int64)]
    public void Apply_PairThatOnnxDoesNotAllow_IsRefused(string op, ElementType type) =>
        Assert.Contains($" is {type}; {op} of opset ", Refused(op, 17, type, type), StringComparison.Ordinal);

    [Fact]
    public void Apply_OneConstraintOfTwoTypes_IsRefused()
    {
        Assert.EndsWith("input 1 ('B') is Float64, but input 0 ('A') is Float32; Add needs one element type for both.",
            Refused("Add", 17, ElementType.Float32, ElementType.Float64), StringComparison.Ordinal);
        Assert.EndsWith("input 1 ('indices') is Float32; GatherElements of opset 13 takes Int32, Int64.",
            Refused("GatherElements", 17, ElementType.Float32, ElementType.Float32), StringComparison.Ordinal);
        Assert.EndsWith("it has 2 inputs, Floor of opset 13 has at most 1.", Refused("Floor", 17, ElementType.Float32, ElementType.Float32),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_TypeOfALaterOpset_IsTakenThere()
    {
        Assert.Contains("Relu of opset 13", Refused("Relu", 13, ElementType.Int64), StringComparison.Ordinal);
        var graph = new GraphBuilder(opset: 14);
        Assert.Equal(ElementType.Int64, graph.Apply("Relu", [graph.Input("x", ElementType.Int64, new Shape(2))]).Type.Element);
    }

    [Fact]
    public void Apply_AttributesThatOnnxDoesNotHave_AreRefused()
    {
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float32, new Shape(2, 3));
        Assert.Contains("it has an attribute 'beta', which Elu of opset 6 does not have.",
            Message(() => graph.Apply("Elu", [x], new Attributes { ["beta"] = 1.0 })), StringComparison.Ordinal);
        Assert.Contains("attribute 'alpha' is of kind int, expected float.",
            Message(() => graph.Apply("Elu", [x], new Attributes { ["alpha"] = 1 })), StringComparison.Ordinal);
        Assert.Contains("attribute 'axis' is missing.", Message(() => graph.Apply("Concat", [x, x])), StringComparison.Ordinal);

        static string Message(Action action) => Assert.Throws<GraphException>(action).Message;
    }

    [Fact]
    public void Reduce_OfAScalar_WritesNoEmptyListOfAxes()
    {
        var graph = new GraphBuilder();
        _ = graph.Reduce("ReduceMax", graph.Input("x", ElementType.Float32, new Shape()), []);
        Assert.False(graph.Nodes[^1].Attributes.Has("axes"));
    }

    [Fact]
    public void Check_ModelOfAStranger_IsHeldToTheRules()
    {
        var x = new Value("x", new TensorType(ElementType.Bool, new Shape(2)));
        var y = new Value("y", new TensorType(ElementType.Bool, new Shape(2)));
        var model = new OnnxModel { Inputs = [x], Outputs = [y], Initializers = [], Nodes = [new Node("Neg", "n", ["x"], ["y"], [])] };

        Assert.Contains("node 'n' (Neg): input 0 ('X') is Bool", Assert.Throws<GraphException>(() => GraphChecker.Check(model)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Schemas_AreThereForEveryOperatorAtEveryOpset()
    {
        for (int opset = OnnxModel.LowestOpset; opset <= OnnxModel.HighestOpset; opset++)
        {
            string[] without =
                [.. OperatorRegistry.All.Where(op => op.MinimumOpset <= opset && OperatorSchemas.Find(op.Name, opset) is null)
                .Select(op => op.Name)];
            Assert.Empty(without);
        }
        // An operator is not offered at opsets where ONNX does not have it yet.
        Assert.All(OperatorRegistry.All, op =>
            Assert.InRange(OperatorSchemas.All.Where(schema => schema.Name == op.Name).Min(schema => schema.Since), 1, op.MinimumOpset));
        Assert.Equal(346, OperatorSchemas.All.Count());
    }
}
