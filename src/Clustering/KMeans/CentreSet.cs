namespace Toolchain.Clustering;

/// <summary>Centres with what a pass needs to know of them.</summary>
sealed class CentreSet
{
    public CentreSet(float[] values, float[] previous, int width)
    {
        int count = values.Length / width;
        Values = values;
        Panels = new Panels(values, width);
        Norms = new float[count];
        (Drift, HalfGap, PanelDrift) = (new double[count], new double[count], new double[Panels.Count]);
        Array.Fill(HalfGap, double.PositiveInfinity);
        for (int k = 0; k < count; k++)
        {
            ReadOnlySpan<float> centre = values.AsSpan(k * width, width);
            Norms[k] = Kernels.Dot(centre, centre);
            LargestNorm = Math.Max(LargestNorm, Math.Sqrt(Norms[k]));
            // A distance from differences in float64 is exact but for its last digits.
            Drift[k] = Math.Sqrt(Kernels.SquaredDistance(centre, previous.AsSpan(k * width, width))) * (1 + 1e-12);
            PanelDrift[k / Panels.Columns] = Math.Max(PanelDrift[k / Panels.Columns], Drift[k]);
            for (int other = 0; other < k; other++)
            {
                double half = Math.Sqrt(Kernels.SquaredDistance(centre, values.AsSpan(other * width, width))) / 2 * (1 - 1e-12);
                (HalfGap[k], HalfGap[other]) = (Math.Min(HalfGap[k], half), Math.Min(HalfGap[other], half));
            }
        }
    }

    /// <summary>Centres [K,D].</summary>
    public float[] Values { get; }

    /// <summary>The same in panels.</summary>
    public Panels Panels { get; }

    /// <summary>Squared lengths, [K].</summary>
    public float[] Norms { get; }

    /// <summary>Length of the longest.</summary>
    public double LargestNorm { get; }

    /// <summary>How far each moved, [K].</summary>
    public double[] Drift { get; }

    /// <summary>How far any of a panel moved.</summary>
    public double[] PanelDrift { get; }

    /// <summary>Half the distance of each to the nearest other one, [K].</summary>
    public double[] HalfGap { get; }
}
