namespace Toolchain.Graph.Operators;

/// <summary>Operators of transformers that ONNX has from opset 23 on.</summary>
static class AttentionOperators
{
    public static IEnumerable<Operator> All =>
    [
        new("Attention", 23, InferAttention, scope => [Attend(scope)]),
        new("RMSNormalization", 23, scope => [scope[0]], scope => [Normalize(scope)]),
    ];

    // Q [N,H,L,E], K [N,H,S,E], V [N,H,S,D], and a mask that broadcasts to [N,H,L,S].
    static TensorType[] InferAttention(TypeScope scope)
    {
        (Shape q, Shape k, Shape v) = (scope[0].Shape, scope[1].Shape, scope[2].Shape);
        if (q.Count != 4 || k.Count != 4 || v.Count != 4 || q[1] != k[1] || k[1] != v[1])
        {
            throw new GraphException($"queries, keys and values must have 4 axes and the same number of heads, found {q}, {k} and {v}.");
        }
        bool isPlain = scope.InputCount <= 4 && scope.OutputCount == 1 && scope.Attributes.Float("softcap", 0) == 0;
        return isPlain ? [scope[0] with { Shape = new Shape(q[0], q[1], q[2], v[3]) }]
            : throw new GraphException("caches, further outputs and 'softcap' are not supported.");
    }

    // softmax(scale * q k^T + mask) v; a causal position sees those up to itself.
    static NdArray Attend(ValueScope scope)
    {
        (NdArray q, NdArray k) = (scope[0], scope[1]);
        double scale = scope.Attributes.Float("scale", 0) is > 0 and float given ? given : 1 / Math.Sqrt(q.Dims[3]);
        NdArray scores = MatrixOperators.MatMul(q, k, isTransposed: true).Map(x => scale * x); // [N,H,L,S]
        if (scope.Optional(3) is NdArray mask)
        {
            scores = Broadcasting.Apply(scores, mask,
                mask.Type == ElementType.Bool ? (x, seen) => seen != 0 ? x : double.NegativeInfinity : (x, added) => x + added, q.Type);
        }
        if (scope.Attributes.Int("is_causal", 0) != 0)
        {
            (int rows, int columns) = (scores.Dims[2], scores.Dims[3]);
            scores = scores.Map((x, i) => i % columns <= i / columns % rows ? x : double.NegativeInfinity);
        }
        return MatrixOperators.MatMul(NormalizationOperators.Softmax(scores), scope[2]);
    }

    // x / sqrt(mean of x^2 + epsilon) * scale over the axes from 'axis' on.
    static NdArray Normalize(ValueScope scope)
    {
        NdArray x = scope[0];
        int length = NdArray.Product(x.Dims.AsSpan(x.Axis(scope.Attributes.Int("axis", -1))));
        double epsilon = scope.Attributes.Float("epsilon", 1e-5f);
        var result = new NdArray(x.Dims, x.Type);
        var last = new NdArray([.. x.Dims[^scope[1].Rank..]], x.Type);
        double[] scales = Broadcasting.Apply(last, scope[1], (_, scale) => scale, x.Type).Data;
        NdArray.InChunks(x.Data.Length / length, length, row =>
        {
            double sum = 0;
            for (int i = row * length; i < (row + 1) * length; i++)
            {
                sum += x.Data[i] * x.Data[i];
            }
            double root = Math.Sqrt(sum / length + epsilon);
            for (int i = 0; i < length; i++)
            {
                result.Data[row * length + i] = x.Data[row * length + i] / root * scales[i % scales.Length];
            }
        });
        return result;
    }
}
