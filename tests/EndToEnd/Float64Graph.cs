using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.EndToEnd;

/// <summary>
/// A float32 graph in float64. ONNX Runtime has no convolution in float64, so convolutions are products of the weights with patches of the
/// image. Inputs stay float32.
/// </summary>
static class Float64Graph
{
    public static OnnxModel Of(OnnxModel model)
    {
        var graph = new GraphBuilder(model.Name, model.Opset);
        var values = model.Inputs.ToDictionary(input => input.Name, input =>
            graph.Cast(graph.Input(input.Name, input.Type.Element, input.Shape), ElementType.Float64));
        foreach ((string name, TensorData tensor) in model.Initializers)
        {
            values[name] = graph.Initializer(name, tensor.Type == ElementType.Float32
                ? TensorData.FromDoubles(tensor.ToDoubles(), tensor.Sizes, ElementType.Float64) : tensor);
        }
        foreach (Node node in model.Nodes)
        {
            Value?[] inputs = [.. node.Inputs.Select(name => name.Length == 0 ? null : values[name])];
            Assert.False(node.Op is "ConstantOfShape" or "ConvTranspose", $"{node.Op} is not known here");
            Value[] outputs = node.Op switch
            {
                "Conv" => [Conv(graph, inputs, node.Attributes)],
                "Cast" when node.Attributes.Int("to", 0) == (long)ElementType.Float32 => [graph.Cast(inputs[0]!, ElementType.Float64)],
                _ => graph.Apply(node.Op, inputs, node.Attributes, node.Outputs.Count),
            };
            foreach ((string name, Value output) in node.Outputs.Zip(outputs))
            {
                values[name] = output;
            }
        }
        foreach (Value output in model.Outputs)
        {
            graph.Output(output.Name, values[output.Name], output.Shape);
        }
        return graph.Build();
    }

    // [N,C,H,W] -> one slice of the padded image for each element of the kernel, [N,C*kh*kw,H'*W'] -> [N,O,H',W'].
    static Value Conv(GraphBuilder graph, Value?[] inputs, Attributes attributes)
    {
        (Value image, Value weight) = (inputs[0]!, inputs[1]!);
        long[] sizes = [.. weight.Shape.Select(axis => axis.Size!.Value)], pads = attributes.Ints("pads")!,
            steps = attributes.Ints("strides")!;
        Value padded = graph.Apply("Pad", [image, Vector(graph, 0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3])]);
        long[] last = [.. Enumerable.Range(0, 2).Select(axis => padded.Shape[2 + axis].Size!.Value - sizes[2 + axis])];
        long[] places = [.. Enumerable.Range(0, 2).Select(axis => last[axis] / steps[axis] + 1)];
        Value[] patches = [.. Enumerable.Range(0, (int)(sizes[2] * sizes[3])).Select(at =>
        {
            (long y, long x) = Math.DivRem(at, sizes[3]);
            Value slice = graph.Apply("Slice", [padded, Vector(graph, y, x), Vector(graph, y + last[0] + 1, x + last[1] + 1),
                Vector(graph, 2, 3), Vector(graph, steps)]);
            return graph.Reshape(slice, 0, sizes[1], places[0] * places[1]);
        })];
        Value unfolded = graph.Apply("Concat", patches, new Attributes { ["axis"] = 1 });
        Value kernel = graph.Reshape(graph.Transpose(weight, 0, 2, 3, 1), sizes[0], -1), product = graph.MatMul(kernel, unfolded);
        Value result = graph.Reshape(product, 0, sizes[0], places[0], places[1]);
        return inputs.Length < 3 ? result : graph.Add(result, graph.Reshape(inputs[2]!, 1, sizes[0], 1, 1));
    }

    static Value Vector(GraphBuilder graph, params long[] values) => graph.Constant(TensorData.Vector(values));
}
