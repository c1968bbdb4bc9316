using System.Globalization;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Streams;

/// <summary>Labels beside images: one for each image, or the reason why they are left out.</summary>
/// <param name="Values">A whole number for each image; null where they are left out.</param>
/// <param name="Place">Names them.</param>
/// <param name="Reason">What was expected and what was found, where they are left out.</param>
readonly record struct SourceLabels(IReadOnlyList<long?>? Values, string Place, string Reason)
{
    // Beyond it, a floating-point number is no label.
    const double Largest = 1e9;

    /// <summary>Labels that are left out.</summary>
    public static SourceLabels None(string place, string reason) => new(null, place, reason);

    /// <summary>The labels of an array: [N] or [N,1], or one-hot rows [N,K], whose labels are the places of their ones.</summary>
    public static SourceLabels Of(TensorEntry array, string place)
    {
        ReadOnlySpan<long> shape = array.Shape;
        if (shape.Length is not (1 or 2))
        {
            return None(place, $"expected [N] or one-hot rows [N,K], found [{string.Join(',', shape.ToArray())}]");
        }
        int width = shape.Length == 1 ? 1 : (int)shape[1];
        var labels = new long?[(int)shape[0]];
        for (int row = 0; row < labels.Length; row++)
        {
            double first = Elements.At(array.Data.Span, array.Kind, row * width);
            labels[row] = width == 1 ? Whole(first) : OneHot(array, row, width);
            if (width == 1 && labels[row] is null)
            {
                return None(place, ClassLabels.Expected(row, first.ToString("g6", CultureInfo.InvariantCulture)));
            }
            if (labels[row] is null)
            {
                return None(place, $"expected [N] or one-hot rows [N,K], found other numbers in row {row} of [{labels.Length},{width}]");
            }
        }
        return new(labels, place, "");
    }

    static long? Whole(double value) => value == Math.Floor(value) && Math.Abs(value) < Largest ? (long)value : null;

    static long? OneHot(TensorEntry array, int row, int width)
    {
        long? place = null;
        for (int column = 0; column < width; column++)
        {
            double value = Elements.At(array.Data.Span, array.Kind, row * width + column);
            if (value != 0 && (value != 1 || place is not null))
            {
                return null;
            }
            place = value == 1 ? column : place;
        }
        return place;
    }
}
