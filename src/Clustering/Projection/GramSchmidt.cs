using Toolchain.Clustering.Kernels;

namespace Toolchain.Clustering.Projection;

/// <summary>Gram-Schmidt, each vector twice against those before it, which keeps them orthogonal to the last digits.</summary>
static class GramSchmidt
{
    /// <summary>Makes the vectors orthogonal and of length 1, in their order; one that depends on those before it becomes 0.</summary>
    /// <param name="vectors">One after another.</param>
    /// <param name="width">Numbers of a vector.</param>
    public static void Orthonormalize(Span<double> vectors, int width)
    {
        for (int at = 0; at < vectors.Length; at += width)
        {
            Span<double> own = vectors.Slice(at, width);
            for (int pass = 0; pass < 2; pass++)
            {
                for (int other = 0; other < at; other += width)
                {
                    ReadOnlySpan<double> known = vectors.Slice(other, width);
                    VectorKernels.AddScaled(own, known, -VectorKernels.Dot(own, known));
                }
                double length = Math.Sqrt(VectorKernels.Dot(own, own));
                foreach (ref double value in own)
                {
                    value /= Math.Max(length, double.Epsilon);
                }
            }
        }
    }
}
