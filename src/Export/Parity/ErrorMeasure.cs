using Toolchain.Graph;

namespace Toolchain.Export.Parity;

/// <summary>Measures how far a tensor is from the expected one. A pure function.</summary>
static class ErrorMeasure
{
    /// <summary>Exactly 0; up to 1e-10 ... up to 1e-1; more.</summary>
    public const int Buckets = 12;

    const double FirstEdge = 1e-10;

    /// <param name="runtime">What computed <paramref name="given"/>, for the report.</param>
    /// <param name="point">The sizes, for the report.</param>
    /// <param name="name">Name of the tensor, for the report.</param>
    /// <param name="wanted">The expected tensor.</param>
    /// <param name="given">The tensor found, of the same sizes.</param>
    /// <param name="tolerance">What is allowed.</param>
    /// <param name="worst">
    /// The element that exceeds its allowance most, or the largest difference where their root mean square is too large; otherwise -1.
    /// </param>
    /// <param name="unit">Type whose last place is the unit of MaxUlp; that of <paramref name="wanted"/> where none is given.</param>
    public static OutputError Of(string runtime, ProofPoint point, string name, TensorData wanted, TensorData given, Tolerance tolerance,
        out int worst, ElementType? unit = null)
    {
        (double[] expected, double[] found) = (wanted.ToDoubles(), given.ToDoubles());
        worst = -1;
        bool isWhole = wanted.Type is not (ElementType.Float16 or ElementType.BFloat16 or ElementType.Float32 or ElementType.Float64);
        double largest = expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max(), noise = tolerance.NoiseOf(name);
        (int at, double squares, double errorSquares) = (-1, 0, 0);
        double maxAbsolute = 0, maxRelative = 0, maxUlp = 0, excess = 0;
        var histogram = new long[Buckets];
        for (int i = 0; i < expected.Length; i++)
        {
            // Equal infinities and NaN on both sides agree; on one side they are a miss at any tolerance.
            double difference = expected[i].Equals(found[i]) ? 0 : Math.Abs(expected[i] - found[i]);
            double over = !double.IsFinite(difference) ? double.PositiveInfinity : isWhole ? difference
                : difference - (tolerance.Absolute + noise + tolerance.Relative * Math.Abs(expected[i]) + tolerance.Scale * largest);
            if (over > excess)
            {
                (worst, excess) = (i, over);
            }
            at = difference > maxAbsolute || at < 0 ? i : at;
            squares += double.IsFinite(expected[i]) ? expected[i] * expected[i] : 0;
            errorSquares += difference * difference;
            maxAbsolute = Math.Max(maxAbsolute, difference);
            maxRelative = Math.Max(maxRelative, difference == 0 ? 0 : difference / Math.Abs(expected[i]));
            maxUlp = Math.Max(maxUlp, difference == 0 ? 0 : difference / LastPlace(expected[i], unit ?? wanted.Type));
            histogram[Bucket(difference)]++;
        }
        double allowed = tolerance.Absolute + noise
            + (tolerance.Relative + tolerance.Scale) * Math.Sqrt(squares / Math.Max(1, expected.Length));
        worst = worst < 0 && tolerance.Scale > 0 && Math.Sqrt(errorSquares / Math.Max(1, expected.Length)) > allowed ? at : worst;
        return new OutputError(runtime, point.Rows, name, maxAbsolute, maxRelative, maxUlp, histogram)
        {
            Sizes = point.Text,
            Largest = largest
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
