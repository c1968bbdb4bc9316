using Toolchain.Clustering.Projection;

namespace Toolchain.Clustering.Tests;

public sealed class PcaTests
{
    [Fact]
    public void Fit_RowsOnALine_FindsTheLine() // (0,0), (3,4), (6,8): direction (.6,.8), variance 25
    {
        Pca pca = Pca.Fit(new Rows(new float[] { 0, 0, 3, 4, 6, 8 }, 2), 2, whiten: false);
        Assert.Equal(0.6, pca.Axes[0, 0], 1e-12);
        Assert.Equal(0.8, pca.Axes[1, 0], 1e-12);
        Assert.Equal(25, pca.Variances[0], 1e-12);
        Assert.Equal(0, pca.Variances[1], 1e-12);
        Assert.Equal(25, pca.TotalVariance, 1e-12);
        Assert.Equal([-5f, 0, 5], Enumerable.Range(0, 3)
            .Select(row => MathF.Round(pca.Project(new Rows(new float[] { 0, 0, 3, 4, 6, 8 }, 2))[row][0], 5)));
    }

    [Fact]
    public void Fit_Whitened_HasUnitCovariance()
    {
        Rows rows = Samples.Blobs(2000, 9, 3, 6);
        Pca pca = Pca.Fit(rows, 5, whiten: true);
        Rows projected = pca.Project(rows);
        for (int i = 0; i < 5; i++)
        {
            for (int j = 0; j < 5; j++)
            {
                double covariance = Enumerable.Range(0, rows.Count)
                    .Sum(row => (double)projected[row][i] * projected[row][j]) / (rows.Count - 1);
                Assert.Equal(i == j ? 1 : 0, covariance, 1e-4);
            }
        }
    }

    [Fact]
    public void FitFraction_TakesTheFewestAxesThatSuffice()
    {
        Rows rows = Samples.Blobs(500, 6, 3, 6);
        double[] variances = Pca.Fit(rows, 6, false).Variances;
        Assert.Equal(variances.Sum(), Pca.Fit(rows, 2, false).TotalVariance, 1e-9);
        double share = (variances[0] + variances[1]) / variances.Sum();
        Assert.Equal(2, Pca.FitFraction(rows, share, false).Variances.Length);
        Assert.Equal(3, Pca.FitFraction(rows, share + 1e-6, false).Variances.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(40)]
    public void Decompose_RandomSymmetric_SolvesTheEquation(int width)
    {
        var random = new Random(width);
        var matrix = new double[width * width];
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                matrix[i * width + j] = matrix[j * width + i] = random.NextDouble() - 0.5;
            }
        }
        (double[] values, double[] vectors) = SymmetricEigen.Decompose(matrix, width);
        for (int k = 0; k < width; k++)
        {
            double[] vector = vectors[(k * width)..((k + 1) * width)];
            Assert.Equal(1, vector.Sum(value => value * value), 1e-12);
            for (int i = 0; i < width; i++)
            {
                double product = Enumerable.Range(0, width).Sum(j => matrix[i * width + j] * vector[j]);
                Assert.Equal(values[k] * vector[i], product, 1e-12);
            }
        }
        Assert.Equal(values.OrderDescending(), values);
    }

    // Wide rows take another way, which must find the same: variances and axes of the covariance.
    [Fact]
    public void Fit_OfWideRows_EqualsTheEigenvectorsOfTheCovariance()
    {
        var random = new Random(5);
        const int count = 300, width = 1100;
        double[][] hidden = [.. Enumerable.Range(0, 6).Select(_ => Enumerable.Range(0, width).Select(_ =>
            random.NextDouble() - .5).ToArray())];
        var values = new float[count * width];
        for (int row = 0; row < count; row++)
        {
            double[] weights = [.. Enumerable.Range(0, 6).Select(axis => (random.NextDouble() - .5) * 8 / (axis + 1))];
            for (int i = 0; i < width; i++)
            {
                values[row * width + i] = (float)(3 + Enumerable.Range(0, 6).Sum(axis => weights[axis] * hidden[axis][i])
                    + .01 * random.NextDouble());
            }
        }
        var rows = new Rows(values, width);
        Pca wide = Pca.Fit(rows, 5, whiten: false), narrow = Pca.FitFraction(rows, 1, whiten: false);
        Assert.Equal(narrow.TotalVariance, wide.TotalVariance, 1e-9 * narrow.TotalVariance);
        for (int axis = 0; axis < 5; axis++)
        {
            Assert.Equal(narrow.Variances[axis], wide.Variances[axis], 1e-5 * narrow.Variances[0]);
            Assert.Equal(1, Math.Abs(Enumerable.Range(0, width).Sum(i => narrow.Axes[i, axis] * wide.Axes[i, axis])), 1e-4);
        }
    }
}
