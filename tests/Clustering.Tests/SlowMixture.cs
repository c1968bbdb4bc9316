using Toolchain.Clustering.Mixture;

namespace Toolchain.Clustering.Tests;

/// <summary>
/// Expectation-maximisation by plain loops from the equations: densities by Gaussian elimination on the covariance itself.
/// </summary>
sealed class SlowMixture
{
    public required double[] Weights { get; init; }

    public required double[][] Means { get; init; }

    public required double[][,] Covariances { get; init; }

    public double LogLikelihood { get; private set; }

    public static SlowMixture Fit(Rows rows, int[] labels, int count, int passes, double regularization,
        CovarianceKind kind = CovarianceKind.Full)
    {
        var responsibilities = new double[rows.Count * count];
        for (int row = 0; row < rows.Count; row++)
        {
            responsibilities[row * count + labels[row]] = 1;
        }
        SlowMixture mixture = Maximize(rows, responsibilities, count, regularization, kind);
        for (int pass = 0; pass < passes; pass++)
        {
            responsibilities = mixture.Probabilities(rows);
            double likelihood = mixture.LogLikelihood;
            mixture = Maximize(rows, responsibilities, count, regularization, kind);
            mixture.LogLikelihood = likelihood;
        }
        return mixture;
    }

    public double[] Probabilities(Rows rows)
    {
        int count = Weights.Length;
        var probabilities = new double[rows.Count * count];
        LogLikelihood = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            double[] densities = [.. Enumerable.Range(0, count).Select(k => Weights[k] * Density(rows[row].ToArray(), k))];
            LogLikelihood += Math.Log(densities.Sum()) / rows.Count;
            for (int k = 0; k < count; k++)
            {
                probabilities[row * count + k] = densities[k] / densities.Sum();
            }
        }
        return probabilities;
    }

    static SlowMixture Maximize(Rows rows, double[] responsibilities, int count, double regularization, CovarianceKind kind)
    {
        int width = rows.Width;
        double[] totals =
            [.. Enumerable.Range(0, count).Select(k => Enumerable.Range(0, rows.Count).Sum(row => responsibilities[row * count + k]))];
        double[][] means = [.. Enumerable.Range(0, count).Select(k => Enumerable.Range(0, width).Select(i =>
            Enumerable.Range(0, rows.Count).Sum(row => responsibilities[row * count + k] * rows[row][i]) / totals[k]).ToArray())];
        var covariances = new double[count][,];
        for (int k = 0; k < count; k++)
        {
            covariances[k] = new double[width, width];
            for (int i = 0; i < width; i++)
            {
                for (int j = 0; j < width; j++)
                {
                    covariances[k][i, j] = Enumerable.Range(0, rows.Count).Sum(row =>
                        responsibilities[row * count + k] * (rows[row][i] - means[k][i]) * (rows[row][j] - means[k][j])) / totals[k];
                }
            }
        }
        double[] weights = [.. totals.Select(total => total / rows.Count)];
        return new SlowMixture
        {
            Weights = weights,
            Means = means,
            Covariances = [.. covariances.Select(own => Restrict(own, covariances, weights, regularization, kind))]
        };
    }

    static double[,] Restrict(double[,] own, double[][,] all, double[] weights, double regularization, CovarianceKind kind)
    {
        int width = own.GetLength(0);
        var result = new double[width, width];
        for (int i = 0; i < width; i++)
        {
            for (int j = 0; j < width; j++)
            {
                double value = kind switch
                {
                    CovarianceKind.Full => own[i, j],
                    CovarianceKind.Tied => all.Zip(weights, (covariance, weight) => weight * covariance[i, j]).Sum(),
                    CovarianceKind.Diagonal => i == j ? own[i, i] : 0,
                    _ => i == j ? Enumerable.Range(0, width).Average(k => own[k, k]) : 0,
                };
                result[i, j] = value + (i == j ? regularization : 0);
            }
        }
        return result;
    }

    // exp(-d^T C^-1 d / 2) / sqrt((2 pi)^D det C), with C^-1 d and det C from elimination.
    double Density(float[] x, int k)
    {
        int width = x.Length;
        var matrix = (double[,])Covariances[k].Clone();
        double[] difference = [.. x.Select((value, i) => value - Means[k][i])], solution = [.. difference];
        double determinant = 1;
        for (int pivot = 0; pivot < width; pivot++)
        {
            determinant *= matrix[pivot, pivot];
            for (int row = pivot + 1; row < width; row++)
            {
                double factor = matrix[row, pivot] / matrix[pivot, pivot];
                solution[row] -= factor * solution[pivot];
                for (int column = pivot; column < width; column++)
                {
                    matrix[row, column] -= factor * matrix[pivot, column];
                }
            }
        }
        for (int row = width - 1; row >= 0; row--)
        {
            for (int column = row + 1; column < width; column++)
            {
                solution[row] -= matrix[row, column] * solution[column];
            }
            solution[row] /= matrix[row, row];
        }
        double distance = difference.Zip(solution, (d, s) => d * s).Sum();
        return Math.Exp(-distance / 2) / Math.Sqrt(Math.Pow(2 * Math.PI, width) * determinant);
    }
}
