using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.KMeans;

/// <summary>Centres with what a pass needs to know of them; bounds are widened by the rounding of float32.</summary>
sealed class CentreSet
{
    const float Unit = 1.2e-7f;

    /// <summary>From the centres [K,D], those before, D, K filled up to whole vectors, and the length of the longest row.</summary>
    public CentreSet(float[] values, float[] previous, int width, int padded, float longestRow)
    {
        int count = values.Length / width;
        (Norms, Drift, Apart) = (new float[count], new float[padded], new float[count * padded]);
        for (int k = 0; k < count; k++)
        {
            ReadOnlySpan<float> centre = values.AsSpan(k * width, width);
            Norms[k] = VectorKernels.Dot(centre, centre);
            LargestLength = Math.Max(LargestLength, MathF.Sqrt(Norms[k]));
            Drift[k] = (float)Math.Sqrt(VectorKernels.SquaredDistance(centre, previous.AsSpan(k * width, width)));
            for (int other = 0; other < k; other++)
            {
                double apart = Math.Sqrt(VectorKernels.SquaredDistance(centre, values.AsSpan(other * width, width)));
                Apart[k * padded + other] = Apart[other * padded + k] = (float)apart * (1 - Unit);
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

    /// <summary>How far each moved at most, [K] filled up to whole vectors.</summary>
    public float[] Drift { get; }

    /// <summary>How far they are apart at least, [K,K] with rows filled up to whole vectors.</summary>
    public float[] Apart { get; }
}
