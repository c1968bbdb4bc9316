namespace Toolchain.Graph.Evaluation;

/// <summary>Rounds what a node computed to its element type, or to the number above or below.</summary>
static class Rounding
{
    // They add up many numbers in an order of their own, and round each partial sum.
    static readonly HashSet<string> summing =
    [
        "Attention", "AveragePool", "BatchNormalization", "Conv", "ConvTranspose", "CumSum", "Einsum", "GRU", "Gemm", "GlobalAveragePool",
        "GridSample", "GroupNormalization", "InstanceNormalization", "LRN", "LSTM", "LayerNormalization", "LogSoftmax", "LpPool", "MatMul",
        "MeanVarianceNormalization", "RMSNormalization", "RNN", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMean",
        "ReduceProd", "ReduceSum", "ReduceSumSquare", "Resize", "Softmax", "Sum",
    ];

    /// <summary>
    /// The result of an operator, rounded. Elements that their type holds exactly stay as they are, such as a copied element or half of a
    /// number; not so those of an operator that sums, which are exact by chance.
    /// </summary>
    /// <param name="op">The operator.</param>
    /// <param name="result">Its result.</param>
    /// <param name="phase">0, 1 or 2: which third of the elements is rounded up, which down and which to the nearest.</param>
    public static NdArray Of(string op, NdArray result, int phase)
    {
        bool isSum = summing.Contains(op);
        return result.Type switch
        {
            ElementType.Float32 => result.Map((x, i) => !isSum && (float)x == x ? x : ((i + phase) % 3) switch
            {
                0 => MathF.BitIncrement((float)x),
                1 => MathF.BitDecrement((float)x),
                _ => (float)x,
            }),
            ElementType.Float16 => result.Map(x => (double)(Half)x),
            ElementType.BFloat16 => result.Map(BFloat16.Round),
            _ => result,
        };
    }
}
