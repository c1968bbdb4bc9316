namespace Toolchain.Graph.Operators;

/// <summary>Matrix products.</summary>
static class MatrixOperators
{
    public static IEnumerable<Operator> All =>
    [
        new("MatMul", 13, InferMatMul, scope => [MatMul(scope[0], scope[1])]),
        new("Gemm", 13, InferGemm, scope => [Gemm(scope)]),
    ];

    static TensorType[] InferMatMul(TypeScope scope)
    {
        (Shape a, Shape b) = (scope[0].Shape, scope[1].Shape);
        if (a.Count < 2 || b.Count < 2)
        {
            throw new GraphException($"matrices need at least 2 axes, found {a} and {b}.");
        }
        Agree(a[^1], b[^2], a, b);
        Shape batch = Broadcasting.Infer(new Shape(a.SkipLast(2)), new Shape(b.SkipLast(2)));
        return [new(scope[0].Element, new Shape([.. batch, a[^2], b[^1]]))];
    }

    static TensorType[] InferGemm(TypeScope scope)
    {
        (Shape a, Shape b) = (scope[0].Shape, scope[1].Shape);
        if (a.Count != 2 || b.Count != 2)
        {
            throw new GraphException($"matrices must have 2 axes, found {a} and {b}.");
        }
        bool transA = scope.Attributes.Int("transA", 0) != 0, transB = scope.Attributes.Int("transB", 0) != 0;
        Agree(a[transA ? 0 : 1], b[transB ? 1 : 0], a, b);
        var result = new Shape(a[transA ? 1 : 0], b[transB ? 0 : 1]);
        if (scope.Optional(2) is TensorType c)
        {
            _ = Broadcasting.Infer(result, c.Shape);
        }
        return [new(scope[0].Element, result)];
    }

    static void Agree(Dim left, Dim right, Shape a, Shape b)
    {
        if (left.Size is not null && right.Size is not null && left != right)
        {
            throw new GraphException($"inner sizes {left} and {right} of {a} and {b} differ.");
        }
    }

    public static NdArray MatMul(NdArray a, NdArray b, bool isTransposed = false)
    {
        int rows = a.Dims[^2], inner = a.Dims[^1], columns = b.Dims[isTransposed ? ^2 : ^1];
        int[] batch = Broadcasting.Dims(a.Dims[..^2], b.Dims[..^2]);
        var result = new NdArray([.. batch, rows, columns], a.Type);
        if (NdArray.Product(b.Dims.AsSpan(..^2)) == 1)
        {
            // One right matrix for all: more rows of one product.
            (rows, batch) = (NdArray.Product(batch) * rows, []);
            a = a.Reshape([rows, inner]);
            b = b.Reshape([.. b.Dims[^2..]]);
        }
        int[] starts = [.. NdArray.Positions(batch, NdArray.BroadcastStrides(a.Dims[..^2], batch))];
        int[] others = [.. NdArray.Positions(batch, NdArray.BroadcastStrides(b.Dims[..^2], batch))];
        double[] left = a.Data;
        BlockedProduct.Add(new(starts.Length, rows, inner, columns), item => left.AsMemory(starts[item] * rows * inner, rows * inner),
            isTransposed ? PackTransposed : Pack, item => result.Data.AsMemory(item * rows * columns, rows * columns));
        return result;

        void Pack(int item, int column, int from, int count, Span<double> panel)
        {
            int width = Math.Min(BlockedProduct.Width, columns - column);
            for (int k = 0; k < count; k++)
            {
                b.Read(others[item] * inner * columns + (from + k) * columns + column, panel.Slice(k * BlockedProduct.Width, width));
            }
        }

        void PackTransposed(int item, int column, int from, int count, Span<double> panel)
        {
            Span<double> row = stackalloc double[count];
            for (int i = 0; i < Math.Min(BlockedProduct.Width, columns - column); i++)
            {
                b.Read(others[item] * inner * columns + (column + i) * inner + from, row);
                for (int k = 0; k < count; k++)
                {
                    panel[k * BlockedProduct.Width + i] = row[k];
                }
            }
        }
    }

    static NdArray Gemm(ValueScope scope)
    {
        double alpha = scope.Attributes.Float("alpha", 1), beta = scope.Attributes.Float("beta", 1);
        NdArray a = scope.Attributes.Int("transA", 0) != 0 ? ShapeOperators.Transpose(scope[0], [1, 0]) : scope[0];
        NdArray product = MatMul(a, scope[1], scope.Attributes.Int("transB", 0) != 0);
        return scope.Optional(2) is NdArray c
            ? Broadcasting.Apply(product, c, (x, y) => alpha * x + beta * y, a.Type)
            : product.Map(x => alpha * x);
    }
}
