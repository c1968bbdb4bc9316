namespace Toolchain.Graph.Inspection;

/// <summary>How far a tensor is from the expected one, element by element.</summary>
public sealed class TensorDifference
{
    readonly bool isWhole;

    TensorDifference(TensorData expected, TensorData found)
    {
        isWhole = !expected.Type.IsFloat();
        (double[] wanted, double[] given) = (expected.ToDoubles(), found.ToDoubles());
        var elements = new double[wanted.Length];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = wanted[i].Equals(given[i]) ? 0 : Math.Abs(wanted[i] - given[i]);
            LargestMagnitude = double.IsFinite(wanted[i]) ? Math.Max(LargestMagnitude, Math.Abs(wanted[i])) : LargestMagnitude;
            Largest = Math.Max(Largest, elements[i]);
            HasNaN |= double.IsNaN(wanted[i]) || double.IsNaN(given[i]);
        }
        (Expected, Found, Elements) = (wanted, given, elements);
    }

    /// <summary>The expected elements.</summary>
    public IReadOnlyList<double> Expected { get; }

    /// <summary>The elements found.</summary>
    public IReadOnlyList<double> Found { get; }

    /// <summary>
    /// Absolute difference of each element: 0 where both are the same infinity or both NaN, NaN where one alone is NaN.
    /// </summary>
    public IReadOnlyList<double> Elements { get; }

    /// <summary>The largest difference; NaN where an element's is, 0 for no elements.</summary>
    public double Largest { get; }

    /// <summary>The largest magnitude of the finite expected elements; 0 without any.</summary>
    public double LargestMagnitude { get; }

    /// <summary>Whether an element of either tensor is NaN.</summary>
    public bool HasNaN { get; }

    /// <summary>Compares two tensors.</summary>
    /// <returns>Null where their sizes differ.</returns>
    public static TensorDifference? Of(TensorData expected, TensorData found) =>
        expected.Sizes.SequenceEqual(found.Sizes) ? new(expected, found) : null;

    /// <summary>
    /// The element that exceeds its allowance most, or -1 where none does. Whole numbers and truth values must be equal, and a difference
    /// that is not finite exceeds any allowance.
    /// </summary>
    /// <param name="absolute">An allowed difference, at least 0.</param>
    /// <param name="relative">An allowed fraction of the element's expected magnitude, at least 0.</param>
    public int WorstAbove(double absolute, double relative)
    {
        (int worst, double most) = (-1, 0);
        for (int i = 0; i < Elements.Count; i++)
        {
            double excess = !double.IsFinite(Elements[i]) ? double.PositiveInfinity
                : isWhole ? Elements[i] : Elements[i] - (absolute + relative * Math.Abs(Expected[i]));
            if (excess > most)
            {
                (worst, most) = (i, excess);
            }
        }
        return worst;
    }
}
