namespace Toolchain.Clustering;

/// <summary>
/// The expectation pass: probabilities of the components for each row, normalised in log space. Rows go by eights, those of one component
/// together: for most other components a few outputs then show that their probability rounds to nothing.
/// </summary>
sealed class Expectation
{
    // Below e^-45 of the largest a term changes no bit of the sum.
    const double Negligible = 45;

    readonly Rows rows;
    readonly int threads, count;
    readonly double[] logLikelihoods;

    public Expectation(Rows rows, int componentCount, int threads)
    {
        (this.rows, this.threads, count) = (rows, threads, componentCount);
        Labels = new int[rows.Count];
        Probabilities = new double[(long)rows.Count * componentCount];
        logLikelihoods = new double[rows.Count];
    }

    /// <summary>Probabilities [K,N], component by component.</summary>
    public double[] Probabilities { get; }

    /// <summary>The most probable component of each row; ties go to the lower index.</summary>
    public int[] Labels { get; }

    /// <summary>Log-likelihood of each row, [N].</summary>
    public ReadOnlySpan<double> LogLikelihoods => logLikelihoods;

    /// <summary>Mean log-likelihood of the rows.</summary>
    public double MeanLogLikelihood { get; private set; }

    /// <summary>Computes everything under <paramref name="components"/>.</summary>
    public void Run(Component[] components)
    {
        int[] order = ByLabel();
        Array.Clear(Probabilities);
        Chunks.ForEach(rows.Count, threads, (_, first, end) =>
        {
            var group = new Group(this, components);
            for (int start = first; start < end; start += Lanes.Count)
            {
                group.Run(order.AsSpan(start, Math.Min(Lanes.Count, end - start)));
            }
        });
        double sum = 0;
        foreach (double value in logLikelihoods)
        {
            sum += value;
        }
        MeanLogLikelihood = sum / rows.Count;
    }

    int[] ByLabel()
    {
        var next = new int[count + 1];
        foreach (int label in Labels)
        {
            next[label + 1]++;
        }
        for (int k = 0; k < count; k++)
        {
            next[k + 1] += next[k];
        }
        var order = new int[rows.Count];
        for (int row = 0; row < order.Length; row++)
        {
            order[next[Labels[row]]++] = row;
        }
        return order;
    }

    /// <summary>Eight rows at a time.</summary>
    sealed class Group(Expectation owner, Component[] components)
    {
        readonly double[] turned = new double[owner.rows.Width * Lanes.Count], centred = new double[owner.rows.Width * Lanes.Count];
        readonly double[] densities = new double[components.Length * Lanes.Count], best = new double[Lanes.Count], floors = new double[Lanes.Count], sums = new double[Lanes.Count];
        readonly bool[] isKnown = new bool[components.Length];

        public void Run(ReadOnlySpan<int> which)
        {
            Lanes.Turn(owner.rows, which, turned);
            Array.Clear(isKnown);
            Array.Fill(best, double.NegativeInfinity);
            Array.Fill(floors, double.NegativeInfinity);
            // The components that the rows had last come first: they set the floors for the others.
            foreach (int row in which)
            {
                Evaluate(owner.Labels[row]);
            }
            for (int k = 0; k < components.Length; k++)
            {
                Evaluate(k);
            }
            Lanes.Normalize(densities, best, floors, sums);
            for (int lane = 0; lane < which.Length; lane++)
            {
                Settle(which[lane], lane);
            }
        }

        void Evaluate(int k)
        {
            if (isKnown[k])
            {
                return;
            }
            isKnown[k] = true;
            Span<double> own = densities.AsSpan(k * Lanes.Count, Lanes.Count);
            components[k].LogDensities(turned, floors, centred, own);
            Lanes.Raise(own, Negligible, best, floors);
        }

        void Settle(int row, int lane)
        {
            int label = 0;
            for (int k = 0; k < components.Length; k++)
            {
                double probability = densities[k * Lanes.Count + lane];
                if (probability > 0)
                {
                    owner.Probabilities[(long)k * owner.rows.Count + row] = probability;
                    label = probability > densities[label * Lanes.Count + lane] ? k : label;
                }
            }
            owner.Labels[row] = label;
            owner.logLikelihoods[row] = best[lane] + Math.Log(sums[lane]);
        }
    }
}
