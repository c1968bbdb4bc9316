using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>Norms, movements and separations of the centres of one iteration; bounds are widened by the rounding of float32.</summary>
sealed class CentreSet
{
    // Relative rounding error of float32.
    const float Unit = 1.2e-7f;

    /// <param name="values">The centres [K,D].</param>
    /// <param name="previous">The centres before them, [K,D].</param>
    /// <param name="width">D.</param>
    /// <param name="padded">K rounded up to whole vectors.</param>
    /// <param name="longestRow">Length of the longest row.</param>
    public CentreSet(float[] values, float[] previous, int width, int padded, float longestRow)
    {
        int count = values.Length / width;
        (Norms, Drift, Separation) = (new float[count], new float[padded], new float[count * padded]);
        for (int k = 0; k < count; k++)
        {
            ReadOnlySpan<float> centre = values.AsSpan(k * width, width);
            Norms[k] = VectorKernels.Dot(centre, centre);
            LargestLength = Math.Max(LargestLength, MathF.Sqrt(Norms[k]));
            Drift[k] = (float)Math.Sqrt(VectorKernels.SquaredDistance(centre, previous.AsSpan(k * width, width)));
            for (int other = 0; other < k; other++)
            {
                double apart = Math.Sqrt(VectorKernels.SquaredDistance(centre, values.AsSpan(other * width, width)));
                Separation[k * padded + other] = Separation[other * padded + k] = (float)apart * (1 - Unit);
            }
        }
        for (int k = 0; k < count; k++)
        {
            // Adding it to a bound rounds once more.
            Drift[k] = Drift[k] * (1 + Unit) + Unit * (longestRow + LargestLength);
        }
    }

    /// <summary>Squared lengths, [K].</summary>
    public float[] Norms { get; }

    /// <summary>Length of the longest.</summary>
    public float LargestLength { get; }

    /// <summary>Upper bound of how far each moved, [padded K].</summary>
    public float[] Drift { get; }

    /// <summary>Lower bound of the distance between each two, [K, padded K].</summary>
    public float[] Separation { get; }
}
