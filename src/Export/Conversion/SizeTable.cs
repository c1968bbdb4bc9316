using Toolchain.Graph;

namespace Toolchain.Export.Conversion;

/// <summary>Names for sizes that follow axes: the axis's own name, an expression of axes, or a number where no expression is found.</summary>
sealed class SizeTable(IReadOnlyList<string> axes, IReadOnlyList<Quantity> axisSizes)
{
    readonly Dictionary<Quantity, string> names = new(axes.Zip(axisSizes, (name, size) => KeyValuePair.Create(size, name)));
    int unnamed;

    /// <summary>Whether a size was met that is no axis itself, which takes one more recording to understand.</summary>
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
                string? expression = SizeExpression.Solve(size, axisSizes)?.Describe(axes);
                names[size] = name = expression is not null && !names.ContainsValue(expression) ? expression : $"size{++unnamed}";
            }
            return name;
        }
    }
}
