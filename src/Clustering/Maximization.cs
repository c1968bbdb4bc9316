namespace Toolchain.Clustering;

/// <summary>The maximisation pass: weights, means and covariances from the probabilities of the rows.</summary>
static class Maximization
{
    const int Parts = 8;

    // A probability below this changes no covariance by more than its rounding.
    const double Negligible = 1e-14;

    // Keeps an empty component finite (ten rounding errors of 1, as scikit-learn adds).
    const double SmallestWeight = 2.2e-15;

    /// <summary>Components from k-means labels: every row belongs to one of them.</summary>
    public static Component[] FromLabels(Rows rows, KMeansResult start, GaussianMixtureOptions options)
    {
        int count = start.Centres.Count;
        var probabilities = new double[(long)rows.Count * count];
        for (int row = 0; row < rows.Count; row++)
        {
            probabilities[(long)row * count + start.Labels[row]] = 1;
        }
        return Run(rows, probabilities, [.. Enumerable.Range(0, count).Select(k => ToDoubles(start.Centres[k]))], options);
    }

    public static Component[] Run(Rows rows, double[] probabilities, Component[] previous, GaussianMixtureOptions options) =>
        Run(rows, probabilities, [.. previous.Select(component => component.Mean)], options);

    // Sums are taken about the previous means: that keeps the digits that differences of large squares would lose.
    static Component[] Run(Rows rows, double[] probabilities, double[][] origins, GaussianMixtureOptions options)
    {
        var parts = new Moments[Parts][];
        Chunks.ForParts(rows.Count, Parts, options.Threads, (part, first, end) =>
        {
            parts[part] = [.. origins.Select(origin => new Moments(origin))];
            for (int row = first; row < end; row++)
            {
                for (int k = 0; k < origins.Length; k++)
                {
                    double probability = probabilities[(long)row * origins.Length + k];
                    if (probability > Negligible)
                    {
                        parts[part][k].Add(rows[row], probability);
                    }
                }
            }
        });
        for (int part = 1; part < Parts; part++)
        {
            for (int k = 0; k < origins.Length; k++)
            {
                parts[0][k].Add(parts[part][k]);
            }
        }
        return [.. parts[0].Select((moments, k) => moments.ToComponent(rows.Count, options.Regularization, k))];
    }

    static double[] ToDoubles(ReadOnlySpan<float> values)
    {
        var result = new double[values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = values[i];
        }
        return result;
    }

    /// <summary>Weighted sums of rows about an origin: count, first and second moments (lower triangle).</summary>
    sealed class Moments(double[] origin)
    {
        readonly int width = origin.Length;
        readonly double[] sum = new double[origin.Length], squares = new double[origin.Length * origin.Length], centred = new double[origin.Length];
        double total;

        public void Add(ReadOnlySpan<float> row, double weight)
        {
            for (int i = 0; i < width; i++)
            {
                centred[i] = row[i] - origin[i];
            }
            total += weight;
            Kernels.AddScaled(sum, centred, weight);
            for (int i = 0; i < width; i++)
            {
                Kernels.AddScaled(squares.AsSpan(i * width, i + 1), centred.AsSpan(0, i + 1), weight * centred[i]);
            }
        }

        public void Add(Moments other)
        {
            total += other.total;
            Kernels.AddScaled(sum, other.sum, 1);
            Kernels.AddScaled(squares, other.squares, 1);
        }

        public Component ToComponent(int rowCount, double regularization, int index)
        {
            double weight = total + SmallestWeight;
            double[] shift = [.. sum.Select(value => value / weight)];
            var covariance = new double[width * width];
            for (int i = 0; i < width; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    covariance[i * width + j] = squares[i * width + j] / weight - shift[i] * shift[j] + (i == j ? regularization : 0);
                }
            }
            return new Component(weight / rowCount, [.. origin.Select((value, i) => value + shift[i])], covariance, index);
        }
    }
}
