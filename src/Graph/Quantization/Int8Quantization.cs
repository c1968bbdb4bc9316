using Toolchain.Graph.Passes;

namespace Toolchain.Graph.Quantization;

/// <summary>
/// Static quantization to 8 bits in ONNX's QDQ form: beside every product with constant weights stand QuantizeLinear and DequantizeLinear
/// nodes, which a runtime with 8-bit kernels takes together with it; any other computes the same in float32. Weights are int8, symmetric,
/// with a scale for each output channel; activations are uint8 with one scale for a tensor; biases are int32.
/// </summary>
public static class Int8Quantization
{
    // 7 of the 8 bits ("reduce_range"): without VNNI a processor adds two products of 8 bits in 16, which would overflow.
    const double LargestWeight = 63;

    /// <summary>Tensors of which <see cref="Apply"/> needs the range; inputs of the model may be among them.</summary>
    /// <exception cref="GraphException">The model does not check.</exception>
    public static IReadOnlyList<string> Activations(OnnxModel model) =>
        [.. new QuantizedParts(model).Roots.Values.Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The model with its products in 8 bits; inputs and outputs stay as they are.</summary>
    /// <param name="model">A checked model in float32.</param>
    /// <param name="ranges">Range of each of <see cref="Activations"/>.</param>
    /// <exception cref="GraphException">The model does not check, or has no product with constant float32 weights.</exception>
    public static OnnxModel Apply(OnnxModel model, IReadOnlyDictionary<string, ActivationRange> ranges)
    {
        var parts = new QuantizedParts(model);
        if (parts.Products.Count == 0)
        {
            throw new GraphException("it has no Conv, Gemm or MatMul with constant float32 weights; there is nothing to quantize.");
        }
        var weights = new List<KeyValuePair<string, TensorData>>(model.Initializers);
        var nodes = new List<Node>();
        HashSet<string> done = [];
        foreach (string input in model.Inputs.Select(input => input.Name).Where(parts.Roots.ContainsKey))
        {
            AddActivation(input);
        }
        foreach (Node node in model.Nodes)
        {
            string[] inputs = [.. node.Inputs.Select(name => parts.Roots.ContainsKey(name) ? $"{name}.dequantized" : name)];
            if (parts.Products.Contains(node))
            {
                Replace(node, inputs);
            }
            nodes.Add(node with { Inputs = inputs });
            foreach (string output in node.Outputs.Where(parts.Roots.ContainsKey))
            {
                AddActivation(output);
            }
        }
        return model.With(nodes, weights).Apply(GraphPasses.DeadNodes);

        // An output of the model stays as it was computed; what reads it inside gets the quantized one.
        void AddActivation(string name)
        {
            ActivationRange range = RangeOf(name);
            string[] parameters = [Constant($"{name}.scale", [range.Scale], [], ElementType.Float32),
                Constant($"{name}.zero", [range.Zero], [], ElementType.UInt8)];
            nodes.Add(new Node("QuantizeLinear", $"{name}/QuantizeLinear", [name, .. parameters], [$"{name}.quantized"], new Attributes()));
            AddDequantize(name, parameters, null);
        }

        ActivationRange RangeOf(string name)
        {
            ActivationRange range = ranges[parts.Roots[name]];
            return parts.IsRectified(parts.Roots[name]) ? new(Math.Max(range.Lowest, 0), Math.Max(range.Highest, 0)) : range;
        }

        void Replace(Node product, string[] inputs)
        {
            TensorData weight = parts.Weight(product.Inputs[1]);
            int axis = QuantizedParts.ChannelAxis(product), channels = (int)weight.Sizes[axis];
            (double[] steps, double[] scales) = Steps(weight, axis);
            // One name for each way to cut a weight, should two nodes share it.
            string name = $"{product.Inputs[1]}.{axis}";
            if (done.Add(name))
            {
                _ = Constant($"{name}.quantized", steps, [.. weight.Sizes], ElementType.Int8);
                AddDequantize(name,
                    [Constant($"{name}.scale", scales, [channels], ElementType.Float32),
                    Constant($"{name}.zero", new double[channels], [channels], ElementType.Int8)], axis);
            }
            inputs[1] = $"{name}.dequantized";
            if (parts.Bias(product, channels) is TensorData bias)
            {
                double inputScale = RangeOf(product.Inputs[0]).Scale;
                double[] units = [.. scales.Select(scale => (double)(float)(scale * inputScale))];
                string of = $"{product.Name}.bias";
                double[] rounded =
                    [.. bias.ToDoubles().Zip(units, (value, unit) => Math.Clamp(Math.Round(value / unit), int.MinValue, int.MaxValue))];
                _ = Constant($"{of}.quantized", rounded, [channels], ElementType.Int32);
                AddDequantize(of,
                    [Constant($"{of}.scale", units, [channels], ElementType.Float32),
                    Constant($"{of}.zero", new double[channels], [channels], ElementType.Int32)], 0);
                inputs[2] = $"{of}.dequantized";
            }
        }

        void AddDequantize(string name, string[] parameters, int? axis) =>
            nodes.Add(new Node("DequantizeLinear", $"{name}/DequantizeLinear",
            [$"{name}.quantized", .. parameters], [$"{name}.dequantized"], axis is int at ? new Attributes { ["axis"] = (long)at }
                : new Attributes()));

        string Constant(string name, double[] values, long[] sizes, ElementType type)
        {
            weights.Add(KeyValuePair.Create(name, TensorData.FromDoubles(values, sizes, type)));
            return name;
        }
    }

    // A weight in steps of its channels' scales, and these.
    static (double[] Steps, double[] Scales) Steps(TensorData weight, int axis)
    {
        double[] values = weight.ToDoubles();
        int channels = (int)weight.Sizes[axis], inner = (int)weight.Sizes.Skip(axis + 1).Aggregate(1L, (product, size) => product * size);
        var scales = new double[channels];
        for (int i = 0; i < values.Length; i++)
        {
            scales[i / inner % channels] = Math.Max(scales[i / inner % channels], Math.Abs(values[i]));
        }
        scales = [.. scales.Select(largest => largest > 0 ? (double)(float)(largest / LargestWeight) : 1)];
        double[] steps =
            [.. values.Select((value, i) => Math.Clamp(Math.Round(value / scales[i / inner % channels]), -LargestWeight, LargestWeight))];
        return (steps, scales);
    }
}
