using Toolchain.Clustering.Projection;

namespace Toolchain.Clustering.Tsne;

/// <summary>
/// A 2-D embedding of rows by t-SNE (van der Maaten and Hinton, "Visualizing data using t-SNE", 2008): near rows stay near.
/// Attraction over nearest neighbours, repulsion by interpolation on a grid and Fourier transforms (Linderman et al., "Fast
/// interpolation-based t-SNE", 2019). The same bits at any thread count.
/// </summary>
public sealed class TsneEmbedding
{
    // Of the learning rate without exaggeration: rate N / 6, twice that of the exaggerated iterations.
    const float LeastDivisor = 6;

    readonly TsneOptions options;
    readonly Affinities affinities;
    readonly Repulsion repulsion;
    // [2][N]: an array for each axis of the plane.
    readonly float[][] coordinates, gradient, velocity, gains;

    TsneEmbedding(Rows rows, TsneOptions options)
    {
        this.options = options;
        affinities = Affinities.Of(rows, options);
        repulsion = new Repulsion(rows.Count, options.Threads);
        coordinates = Initialize(rows, options.Threads);
        gradient = Plane(rows.Count);
        velocity = Plane(rows.Count);
        gains = Plane(rows.Count);
        Array.Fill(gains[0], 1);
        Array.Fill(gains[1], 1);
    }

    /// <summary>Coordinates of the rows in the plane.</summary>
    /// <param name="rows">Rows [N,D]; N is at least 3 times the perplexity and 1.</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Called with 0 when the neighbours are known, and after each iteration with the number of
    /// iterations done.</param>
    /// <exception cref="ArgumentException">A number is not finite, there are too few rows, or an option is out of range.</exception>
    public static TsneResult Fit(Rows rows, TsneOptions options, Action<int>? progress = null)
    {
        ((IRows)rows).Check();
        options.Check(rows.Count);
        var fit = new TsneEmbedding(rows, options);
        progress?.Invoke(0);
        for (int iteration = 0; iteration < options.Iterations; iteration++)
        {
            fit.Move(iteration);
            progress?.Invoke(iteration + 1);
        }
        double divergence = fit.affinities.Divergence(fit.coordinates, fit.repulsion.Sum(fit.coordinates, fit.gradient));
        var pairs = new float[rows.Count * 2];
        for (int row = 0; row < rows.Count; row++)
        {
            (pairs[2 * row], pairs[2 * row + 1]) = (fit.coordinates[0][row], fit.coordinates[1][row]);
        }
        return new TsneResult(new Rows(pairs, 2), divergence);
    }

    // One step down the gradient.
    void Move(int iteration)
    {
        bool early = iteration < options.ExaggeratedIterations;
        float exaggeration = early ? (float)options.Exaggeration : 1, momentum = early ? .5f : .9f;
        double total = repulsion.Sum(coordinates, gradient);
        affinities.AddAttraction(coordinates, gradient, exaggeration, (float)(1 / total), options.Threads);
        // As large as the rows are many over the exaggeration (Belkina et al. 2019); without exaggeration larger steps are stable too, and
        // 750 of them reach what 1,000 of the exaggerated iterations' size do (docs/decisions/0012-tsne.md).
        float rate = Math.Max(200, affinities.Count / Math.Max(exaggeration, LeastDivisor));
        for (int axis = 0; axis < 2; axis++)
        {
            Axis.Step(coordinates[axis], gradient[axis], velocity[axis], gains[axis], momentum, rate);
            Axis.Centre(coordinates[axis]);
        }
    }

    // The first two principal components, scaled to a deviation of 1e-4: the embedding keeps the large shape (Kobak and Berens 2019).
    static float[][] Initialize(Rows rows, int threads)
    {
        Rows axes = Pca.Fit(rows, Math.Min(2, rows.Width), whiten: true, threads).Project(rows, threads);
        float[][] start = Plane(rows.Count);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int axis = 0; axis < axes.Width; axis++)
            {
                start[axis][row] = axes[row][axis] * 1e-4f;
            }
        }
        return start;
    }

    static float[][] Plane(int count) => [new float[count], new float[count]];
}
