namespace Toolchain.Clustering;

/// <summary>One Gaussian of a mixture, with its covariance in the form that densities need.</summary>
sealed class Component
{
    readonly double[] factor;

    /// <summary>From a weight, a mean [D] and a precision factor.</summary>
    public Component(double weight, double[] mean, PrecisionFactor precision)
    {
        (Weight, Mean, Precision, factor) = (weight, mean, precision, precision.Values);
        LogBias = Math.Log(weight) + precision.LogDeterminant - Width / 2.0 * Math.Log(2 * Math.PI);
    }

    public double Weight { get; }

    public double[] Mean { get; }

    public PrecisionFactor Precision { get; }

    /// <summary>log weight + log det P - D/2 log 2 pi.</summary>
    public double LogBias { get; }

    int Width => Mean.Length;

    /// <summary>
    /// Log densities of eight rows, weight included, or minus infinity for all when each is certain to lie below <paramref name="floors"/>.
    /// </summary>
    /// <param name="turned">Rows side by side, [D,8].</param>
    /// <param name="floors">For each row the log density that is not worth to be known exactly any more.</param>
    /// <param name="centred">Scratch [D,8].</param>
    /// <param name="densities">Gets the log densities, [8].</param>
    public void LogDensities(ReadOnlySpan<double> turned, ReadOnlySpan<double> floors, Span<double> centred, Span<double> densities)
    {
        Lanes.Subtract(turned, Mean, centred);
        densities.Clear();
        if (Precision.IsDiagonal)
        {
            Lanes.AddScaledSquares(centred, factor, densities);
        }
        else if (!AddSquares(centred, floors, densities))
        {
            densities.Fill(double.NegativeInfinity);
            return;
        }
        Lanes.ToLogDensities(densities, LogBias);
    }

    // |P^T d|^2, six outputs at a time; squares only add up, so that a sum past the floor settles the matter.
    bool AddSquares(ReadOnlySpan<double> centred, ReadOnlySpan<double> floors, Span<double> sums)
    {
        const int height = Tile<double>.Height;
        Span<double> outputs = stackalloc double[height * Lanes.Count];
        for (int row = 0; row < Width; row += height)
        {
            outputs.Clear();
            Tile<double>.MultiplyAdd(ref factor[row * Width], 1, (nuint)Width, ref System.Runtime.InteropServices.MemoryMarshal.GetReference(centred), Lanes.Count, (nuint)Math.Min(Width, row + height), ref outputs[0], Lanes.Count);
            if (!Lanes.AddSquaresAndCompare(outputs, LogBias, floors, sums))
            {
                return false;
            }
        }
        return true;
    }
}
