using Toolchain.Graph.Building;
using Toolchain.Graph.Evaluation;

namespace Toolchain.Graph.Tests;

/// <summary>The blocked matrix products against the plain loop: the same bits at any number of threads.</summary>
public sealed class ProductTests
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(3, 5, 7, 9)]
    [InlineData(2, 6, 300, 33)] // deeper than a panel, one column more than a task
    [InlineData(1, 259, 4, 8)] // more rows than a task
    public void MatMul_OfRandomNumbers_EqualsThePlainLoop(int batch, int rows, int inner, int columns)
    {
        double[] a = Draw(batch * rows * inner, 1), b = Draw(inner * columns, 2);

        double[] found = Run(graph => graph.MatMul(graph.Input("x", ElementType.Float64, new Shape(batch, rows, inner)),
            graph.Constant(TensorData.Of(b, inner, columns))), TensorData.Of(a, batch, rows, inner));

        Assert.Equal(Plain(a, batch * rows, inner, columns, (k, column) => b[k * columns + column]), found);
    }

    [Fact]
    public void MatMul_OfAMatrixForEachItem_EqualsThePlainLoop()
    {
        double[] a = Draw(2 * 3 * 5, 5), b = Draw(2 * 5 * 4, 6);

        double[] found = Run(graph => graph.MatMul(graph.Input("x", ElementType.Float64, new Shape(2, 1, 3, 5)),
            graph.Constant(TensorData.Of(b, 2, 5, 4))), TensorData.Of(a, 2, 1, 3, 5)); // [2,1,3,5] by [2,5,4]: each with each

        Assert.Equal(from item in Enumerable.Range(0, 2)
                     from other in Enumerable.Range(0, 2)
                     from value in Plain(a[(item * 15)..(item * 15 + 15)], 3, 5, 4, (k, column) => b[other * 20 + k * 4 + column])
                     select value, found);
    }

    [Fact]
    public void Gemm_OfALargeTransposedWeight_EqualsThePlainLoop()
    {
        const int rows = 3, inner = 1200, columns = 900; // above a million elements, which are read where they lie
        float[] weight = [.. Draw(inner * columns, 3).Select(value => (float)value)];
        double[] a = Draw(rows * inner, 4);

        double[] found = Run(graph =>
        {
            Value x = graph.Apply("Cast", [graph.Input("x", ElementType.Float64, new Shape(rows, inner))],
                new Attributes { ["to"] = (long)ElementType.Float32 });
            return graph.Gemm(x, graph.Constant(TensorData.Of(weight, columns, inner)), null, transB: true);
        }, TensorData.Of(a, rows, inner));

        Assert.Equal(Plain(a, rows, inner, columns, (k, column) => weight[column * inner + k]), found);
    }

    static double[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
    }

    static double[] Run(Func<GraphBuilder, Value> build, TensorData x)
    {
        var graph = new GraphBuilder();
        graph.Output("y", build(graph));
        return Evaluator.Run(graph.Build(), new Dictionary<string, TensorData> { ["x"] = x })["y"].ToDoubles();
    }

    static IEnumerable<double> Plain(double[] a, int rows, int inner, int columns, Func<int, int, double> b) =>
        from row in Enumerable.Range(0, rows)
        from column in Enumerable.Range(0, columns)
        select Enumerable.Range(0, inner).Aggregate(0.0, (sum, k) => Math.FusedMultiplyAdd(a[row * inner + k], b(k, column), sum));
}
