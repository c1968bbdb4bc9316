namespace Toolchain.Graph.Training;

/// <summary>
/// Which weights of a finished model can learn: floating-point weights that layers take as such. Statistics, constants of arithmetic and
/// what stands behind the last layer stay.
/// </summary>
public static class TrainableWeights
{
    // Operators with the inputs that are weights.
    static readonly Dictionary<string, int[]> layers = new()
    {
        ["Conv"] = [1, 2],
        ["ConvTranspose"] = [1, 2],
        ["Gemm"] = [1, 2],
        ["MatMul"] = [0, 1],
        ["BatchNormalization"] = [1, 2],
        ["LayerNormalization"] = [1, 2],
        ["PRelu"] = [1],
        ["GRU"] = [1, 2, 3],
        ["LSTM"] = [1, 2, 3],
        ["RNN"] = [1, 2, 3],
    };

    /// <summary>Their names in order of the model's weights.</summary>
    /// <param name="model">A model in evaluation form.</param>
    public static IReadOnlyList<string> Of(OnnxModel model)
    {
        HashSet<string> taken = [.. model.Nodes.Where(node => layers.ContainsKey(node.Op)).SelectMany(node =>
            layers[node.Op].Where(input => input < node.Inputs.Count).Select(input => node.Inputs[input]))];
        return [.. model.Initializers.Where(pair => taken.Contains(pair.Key) && pair.Value.Type == ElementType.Float32).Select(pair =>
            pair.Key)];
    }
}
