#:package Toolchain.Graph@0.1.0
#:property PublishAot=false
using Toolchain.Graph;
using Toolchain.Graph.Building; // GraphBuilder
using Toolchain.Graph.Evaluation; // Evaluator
using Toolchain.Graph.Files; // OnnxFile, Save
using Toolchain.Graph.Inspection;

var graph = new GraphBuilder("sum", opset: 17);
Value x = graph.Input("x", ElementType.Float32, new Shape("N", 4));
graph.Output("y", graph.Reduce("ReduceSum", x, [1]));
graph.Build().Save("sum.onnx");

var powers = new GraphBuilder("powers");
Value a = powers.Input("a", ElementType.Float32, new Shape(2, 2)), times = powers.Input("times", ElementType.Int64, new Shape());
// A body may read what is around it.
Value[] loop = powers.Loop(times, [a], (body, iteration, state) => new LoopStep([body.MatMul(state[0], a)], []));
powers.Output("power", loop[0]);
Dictionary<string, TensorData> inputs = new()
{
    ["a"] = TensorData.Of([1f, 1f, 0f, 1f], 2, 2),
    ["times"] = TensorData.Scalar(3, ElementType.Int64),
};
Console.WriteLine(string.Join(' ', Evaluator.Run(powers.Build(), inputs)["power"].ToDoubles())); // in float64

ModelInspection found = ModelInspection.Load("sum.onnx"); // operators, shapes, parameters, FLOPs; foreign files too
Console.WriteLine($"{string.Join(", ", found.Operators.Keys)}: {found.Inputs[0]} -> {found.Outputs[0]}");
