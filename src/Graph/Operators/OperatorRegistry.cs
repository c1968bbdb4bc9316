namespace Toolchain.Graph.Operators;

/// <summary>Every operator that the builder may emit, the checker accepts and the evaluator runs.</summary>
static class OperatorRegistry
{
    static readonly Dictionary<string, Operator> operators = new[]
    {
        ElementwiseOperators.All, MatrixOperators.All, ConvolutionOperators.All, PoolingOperators.All, NormalizationOperators.All,
        ReductionOperators.All, ShapeOperators.All, IndexingOperators.All, TransposedConvolution.All, PadOperator.All, ResizeOperator.All,
        GridSampleOperator.All, EinsumOperator.All, ElementIndexingOperators.All, OrderingOperators.All, RangeOperators.All,
        RecurrentOperators.All, LoopOperator.All, IfOperator.All, BitOperators.All, SelectionOperators.All, QuantizationOperators.All,
        AttentionOperators.All,
    }.SelectMany(family => family).ToDictionary(item => item.Name);

    public static IEnumerable<Operator> All => operators.Values;

    /// <summary>An operator that <paramref name="opset"/> has.</summary>
    /// <exception cref="GraphException">It is not known, or needs a higher opset.</exception>
    public static Operator Find(string name, int opset)
    {
        if (!operators.TryGetValue(name, out Operator? found))
        {
            throw new GraphException($"operator '{name}' is not known; known are {operators.Count} operators of ONNX's default domain.");
        }
        return found.MinimumOpset <= opset
            ? found
            : throw new GraphException($"operator '{name}' needs opset {found.MinimumOpset}, the model has {opset}; export with --opset "
            + $"{found.MinimumOpset} or higher.");
    }
}
