namespace Toolchain.Graph.Passes;

/// <summary>
/// Works a BatchNormalization into the Conv or Gemm whose only reader it is: with s = scale / sqrt(variance + epsilon) for each channel,
/// the weights become W s and the bias (b - mean) s + shift, computed in float64 (Jacob et al., 2018, section 3.2).
/// </summary>
static class BatchNormFolding
{
    public static OnnxModel Apply(OnnxModel model)
    {
        var weights = new List<KeyValuePair<string, TensorData>>(model.Initializers);
        Dictionary<string, TensorData> constants = weights.ToDictionary(pair => pair.Key, pair => pair.Value);
        Dictionary<string, int> readers = model.Nodes.SelectMany(Subgraphs.Reads).Concat(model.Outputs.Select(output => output.Name))
            .CountBy(name => name).ToDictionary();
        var makers = new Dictionary<string, Node>();
        var nodes = new List<Node>();
        foreach (Node node in model.Nodes)
        {
            Node? before = node.Op == "BatchNormalization" ? makers.GetValueOrDefault(node.Inputs[0]) : null;
            if (before is null || readers[node.Inputs[0]] > 1 || Folded.Of(before, node, constants) is not Folded folded
                || readers[before.Inputs[1]] > 1)
            {
                nodes.Add(node);
                Array.ForEach([.. node.Outputs], name => makers[name] = node);
                continue;
            }
            string bias = before.Inputs.ElementAtOrDefault(2) is { Length: > 0 } given && readers[given] == 1 ? given
                : $"{before.Inputs[1]}.folded_bias";
            Set(before.Inputs[1], folded.Weight);
            Set(bias, folded.Bias);
            int place = nodes.IndexOf(before);
            nodes[place] = before with { Inputs = [before.Inputs[0], before.Inputs[1], bias], Outputs = [node.Outputs[0]] };
            makers[node.Outputs[0]] = nodes[place];
        }
        return model.With(nodes, weights);

        void Set(string name, TensorData tensor)
        {
            int place = weights.FindIndex(pair => pair.Key == name);
            if (place < 0)
            {
                weights.Add(KeyValuePair.Create(name, tensor));
            }
            else
            {
                weights[place] = KeyValuePair.Create(name, tensor);
            }
            constants[name] = tensor;
        }
    }

    sealed record Folded(TensorData Weight, TensorData Bias)
    {
        /// <summary>The weights of both nodes in one; null where that cannot be.</summary>
        public static Folded? Of(Node before, Node norm, Dictionary<string, TensorData> constants)
        {
            TensorData? weight = Constant(before.Inputs.ElementAtOrDefault(1));
            TensorData?[] statistics = [.. norm.Inputs.Skip(1).Select(Constant)];
            bool isGemm = before is { Op: "Gemm" } && before.Attributes.Float("beta", 1) == 1;
            if (weight is null || statistics.Length != 4 || statistics.Any(tensor => tensor is null) || norm.Outputs.Count > 1
                || !(isGemm || before.Op == "Conv"))
            {
                return null;
            }
            int axis = isGemm && before.Attributes.Int("transB", 0) == 0 ? 1 : 0;
            int channels = (int)weight.Sizes[axis];
            double[]? bias = before.Inputs.ElementAtOrDefault(2) is { Length: > 0 } name ? Constant(name)?.ToDoubles()
                : new double[channels];
            if (bias?.Length != channels || statistics[0]!.Count != channels)
            {
                return null;
            }
            double[][] table = [.. statistics.Select(tensor => tensor!.ToDoubles())];
            double epsilon = norm.Attributes.Float("epsilon", 1e-5f);
            double[] factor = [.. Enumerable.Range(0, channels).Select(c => table[0][c] / Math.Sqrt(table[3][c] + epsilon))];
            double[] values = weight.ToDoubles();
            int inner = values.Length / (int)weight.Sizes.Take(axis + 1).Aggregate(1L, (product, size) => product * size);
            for (int i = 0; i < values.Length; i++)
            {
                values[i] *= factor[i / inner % channels];
            }
            double[] shifted = [.. Enumerable.Range(0, channels).Select(c => (bias[c] - table[2][c]) * factor[c] + table[1][c])];
            return new Folded(TensorData.FromDoubles(values, weight.Sizes, weight.Type),
                TensorData.FromDoubles(shifted, [channels], weight.Type));

            TensorData? Constant(string? name) => name is null ? null : constants.GetValueOrDefault(name);
        }
    }
}
