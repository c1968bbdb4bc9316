using Toolchain.Graph;

namespace Toolchain.Export.Conversion;

/// <summary>
/// Names for sizes that follow axes: the axis's own name, a sum or product of axes, or a number behind the names of the axes that it
/// follows.
/// </summary>
sealed class SizeTable(IReadOnlyList<string> axes, IReadOnlyList<Quantity> axisSizes)
{
    readonly Dictionary<Quantity, string> names = new(axes.Zip(axisSizes, (name, size) => KeyValuePair.Create(size, name)));
    int unnamed;

    /// <summary>Whether the recordings do not determine which quotient of an axis a number is.</summary>
    public bool IsAmbiguous(Quantity size) => axisSizes.Any(axis => SizeExpression.IsAmbiguous(size, axis));

    /// <summary>Whether a size was met that is no axis itself.</summary>
    public bool HasDerived { get; private set; }

    public Dim this[Quantity size]
    {
        get
        {
            if (size.Constant is long number)
            {
                return number;
            }
            if (!names.TryGetValue(size, out string? name))
            {
                HasDerived = true;
                // What is rounded could be rounded in several ways: it gets a number.
                SizeExpression? expression = SizeExpression.Exact(size, axisSizes);
                names[size] = name = expression is { Divisor: 1 } && !names.ContainsValue(expression.Describe(axes))
                    ? expression.Describe(axes) : $"{Followed(size)}_{++unnamed}";
            }
            return name;
        }
    }

    // The first recordings after the first one change one axis each; what follows none depends on values.
    string Followed(Quantity size)
    {
        string[] followed = [.. axes.Where((_, axis) => size.Values[axis + 1] != size.Values[0])];
        return followed.Length == 0 ? "length" : string.Join("_", followed);
    }
}
