namespace Toolchain.Clustering;

/// <summary>
/// The nearest centre of each row while centres move. For each row it keeps an upper bound of the distance to its centre and, for each panel of
/// 16 centres, a lower bound of the distance to the others there; centres move both by no more than they moved themselves. A distance is computed
/// only where the bounds, less the rounding of float32, leave a doubt: the labels are those that computing all of them would give.
/// </summary>
sealed class NearestCentres<TRows> where TRows : struct, IRows
{
    readonly TRows rows;
    readonly float[] norms;
    readonly int threads, panelCount;
    readonly double[] upper, lower;
    readonly double rounding;
    float[] centres = [];
    CentreSet set = null!;

    public NearestCentres(TRows rows, float[] norms, int count, int threads)
    {
        (this.rows, this.norms, this.threads) = (rows, norms, threads);
        panelCount = (count + Panels.Columns - 1) / Panels.Columns;
        Labels = new int[rows.Count];
        upper = new double[rows.Count];
        lower = new double[(long)rows.Count * panelCount];
        // A sum of D products in float32 is off by at most D 2^-24 |x||c|, and so are the norms (Higham 2002, section 3.1); twice that for 2xc.
        rounding = (rows.Width + 8) * 2 * Math.Pow(2, -24);
    }

    /// <summary>Nearest centre of each row, [N]; ties go to the lower index.</summary>
    public int[] Labels { get; }

    /// <summary>Moves the centres to <paramref name="next"/> [K,D] and relabels.</summary>
    public void Update(float[] next)
    {
        bool first = centres.Length == 0;
        set = new CentreSet(next, first ? next : centres, rows.Width);
        centres = next;
        if (first)
        {
            // Nothing is known: bounds that no row passes.
            Array.Fill(upper, double.PositiveInfinity);
        }
        Chunks.ForEach(rows.Count, threads, (_, start, end) => new Pass(this, start, end).Run());
    }

    /// <summary>Squared distance of each row to its centre, [N], from differences: no digits are lost.</summary>
    public float[] Distances(float[] centres)
    {
        var distances = new float[rows.Count];
        int width = rows.Width;
        Chunks.ForEach(rows.Count, threads, (_, first, end) =>
        {
            Span<float> values = new float[width];
            for (int row = first; row < end; row++)
            {
                rows.Read(row, 0, values);
                distances[row] = (float)Kernels.SquaredDistance(values, centres.AsSpan(Labels[row] * width, width));
            }
        });
        return distances;
    }

    /// <summary>Sum of the squared distances.</summary>
    public double Inertia(float[] centres) => Distances(centres).Sum(distance => (double)distance);

    /// <summary>One pass over a chunk.</summary>
    readonly ref struct Pass(NearestCentres<TRows> owner, int first, int end)
    {
        readonly CentreSet set = owner.set;
        readonly int width = owner.rows.Width, panelCount = owner.panelCount;

        public void Run()
        {
            Span<float> values = new float[width];
            var doubtful = new List<int>(end - first);
            for (int row = first; row < end; row++)
            {
                Drift(row);
                double error = Error(row);
                if (!IsSure(row, error))
                {
                    if (double.IsFinite(owner.upper[row]))
                    {
                        Tighten(row, error, values);
                    }
                    if (!IsSure(row, error))
                    {
                        doubtful.Add(row);
                    }
                }
            }
            if (doubtful.Count > 0)
            {
                Search(doubtful);
            }
        }

        void Drift(int row)
        {
            owner.upper[row] += set.Drift[owner.Labels[row]];
            for (int panel = 0; panel < panelCount; panel++)
            {
                owner.lower[(long)row * panelCount + panel] -= set.PanelDrift[panel];
            }
        }

        double Error(int row)
        {
            double reach = Math.Sqrt(owner.norms[row]) + set.LargestNorm;
            return owner.rounding * reach * reach;
        }

        bool IsSure(int row, double error)
        {
            double own = owner.upper[row], other = double.PositiveInfinity;
            for (int panel = 0; panel < panelCount; panel++)
            {
                other = Math.Min(other, owner.lower[(long)row * panelCount + panel]);
            }
            // Any other centre is at least as far as twice the half distance between the two, less the way to the own one.
            other = Math.Max(other, 2 * set.HalfGap[owner.Labels[row]] - own);
            return other > own && (other - own) * (other + own) > 2 * error;
        }

        void Tighten(int row, double error, Span<float> values)
        {
            owner.rows.Read(row, 0, values);
            int label = owner.Labels[row];
            double square = (double)owner.norms[row] + set.Norms[label] - 2.0 * Kernels.Dot(values, set.Values.AsSpan(label * width, width));
            owner.upper[row] = Math.Sqrt(Math.Max(0, square) + error);
        }

        // All distances to the panels in doubt, and always to the own one, so that a winner is found among scores of the same making.
        void Search(List<int> doubtful)
        {
            Span<float> block = new float[Tile<float>.Height * width], products = stackalloc float[Tile<float>.Height * Panels.Columns];
            var found = new Nearest[doubtful.Count * panelCount];
            var asked = new List<int>(doubtful.Count);
            for (int panel = 0; panel < panelCount; panel++)
            {
                asked.Clear();
                for (int i = 0; i < doubtful.Count; i++)
                {
                    if (IsAsked(doubtful[i], panel))
                    {
                        asked.Add(i);
                    }
                }
                for (int start = 0; start < asked.Count; start += Tile<float>.Height)
                {
                    int filled = Math.Min(Tile<float>.Height, asked.Count - start);
                    for (int i = 0; i < filled; i++)
                    {
                        owner.rows.Read(doubtful[asked[start + i]], 0, block.Slice(i * width, width));
                    }
                    set.Panels.Multiply(block, panel, products, Panels.Columns);
                    for (int i = 0; i < filled; i++)
                    {
                        found[asked[start + i] * panelCount + panel] = Nearest.Of(products.Slice(i * Panels.Columns, Panels.Columns), set.Norms, panel * Panels.Columns);
                    }
                }
            }
            for (int i = 0; i < doubtful.Count; i++)
            {
                Settle(doubtful[i], found.AsSpan(i * panelCount, panelCount));
            }
        }

        bool IsAsked(int row, int panel)
        {
            double own = owner.upper[row], other = owner.lower[(long)row * panelCount + panel];
            return panel == owner.Labels[row] / Panels.Columns || !(other > own && (other - own) * (other + own) > 2 * Error(row));
        }

        void Settle(int row, ReadOnlySpan<Nearest> found)
        {
            int winner = -1;
            for (int panel = 0; panel < panelCount; panel++)
            {
                if (found[panel].IsSet && (winner < 0 || found[panel].Score < found[winner].Score))
                {
                    winner = panel;
                }
            }
            double error = Error(row);
            owner.Labels[row] = found[winner].Centre;
            owner.upper[row] = Math.Sqrt(Math.Max(0, owner.norms[row] + (double)found[winner].Score) + error);
            for (int panel = 0; panel < panelCount; panel++)
            {
                if (found[panel].IsSet)
                {
                    double score = panel == winner ? found[panel].Second : found[panel].Score;
                    owner.lower[(long)row * panelCount + panel] = Math.Sqrt(Math.Max(0, owner.norms[row] + score - error));
                }
            }
        }
    }

    /// <summary>The nearest centre of a panel, its score |c|^2 - 2xc, and the score of the next.</summary>
    readonly record struct Nearest(int Centre, float Score, float Second, bool IsSet)
    {
        public static Nearest Of(ReadOnlySpan<float> products, float[] norms, int firstCentre)
        {
            (int nearest, float least, float second) = (-1, float.PositiveInfinity, float.PositiveInfinity);
            int count = Math.Min(products.Length, norms.Length - firstCentre);
            for (int i = 0; i < count; i++)
            {
                float score = norms[firstCentre + i] - 2 * products[i];
                if (score < least)
                {
                    (nearest, least, second) = (firstCentre + i, score, least);
                }
                else
                {
                    second = Math.Min(second, score);
                }
            }
            return new Nearest(nearest, least, second, true);
        }
    }
}
