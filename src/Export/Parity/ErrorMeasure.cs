using Toolchain.Graph;
using Toolchain.Graph.Inspection;

namespace Toolchain.Export.Parity;

/// <summary>Sums up the differences of a tensor for the report. A pure function.</summary>
static class ErrorMeasure
{
    /// <summary>Exactly 0; up to 1e-10 ... up to 1e-1; more.</summary>
    public const int Buckets = 12;

    const double FirstEdge = 1e-10;

    /// <param name="runtime">What computed the tensor found, for the report.</param>
    /// <param name="point">The sizes, for the report.</param>
    /// <param name="name">Name of the tensor, for the report.</param>
    /// <param name="difference">The differences of its elements.</param>
    /// <param name="unit">Type whose last place is the unit of <see cref="OutputError.MaxUlp"/>.</param>
    public static OutputError Of(string runtime, ProofPoint point, string name, TensorDifference difference, ElementType unit)
    {
        (double maxRelative, double maxUlp) = (0, 0);
        var histogram = new long[Buckets];
        foreach ((double expected, double distance) in difference.Expected.Zip(difference.Elements))
        {
            maxRelative = Math.Max(maxRelative, distance == 0 ? 0 : distance / Math.Abs(expected));
            maxUlp = Math.Max(maxUlp, distance == 0 ? 0 : distance / LastPlace(expected, unit));
            histogram[Bucket(distance)]++;
        }
        return new OutputError(runtime, point.Rows, name, difference.Largest, maxRelative, maxUlp, histogram)
        {
            Sizes = point.Text,
            Largest = difference.LargestMagnitude
        };
    }

    static int Bucket(double difference)
    {
        int bucket = 1;
        for (double edge = FirstEdge; bucket < Buckets - 1 && !(difference <= edge); edge *= 10)
        {
            bucket++;
        }
        return difference == 0 ? 0 : bucket;
    }

    // Distance to the next number of larger magnitude; whole numbers are 1 apart.
    static double LastPlace(double value, ElementType type)
    {
        double magnitude = Math.Abs(value);
        return type switch
        {
            ElementType.Float64 => Math.BitIncrement(magnitude) - magnitude,
            ElementType.Float32 => MathF.BitIncrement((float)magnitude) - (double)(float)magnitude,
            ElementType.Float16 => (double)Half.BitIncrement((Half)magnitude) - (double)(Half)magnitude,
            // 16 bits more of a single's last place.
            ElementType.BFloat16 => 65536 * (MathF.BitIncrement((float)magnitude) - (double)(float)magnitude),
            _ => 1,
        };
    }
}
