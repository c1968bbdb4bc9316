namespace Toolchain.Graph.Building;

/// <summary>
/// A tensor of a graph in arithmetic: operators add nodes, broadcast, and numbers beside it become constants of its type.
/// </summary>
/// <param name="Graph">Gets the nodes.</param>
/// <param name="Value">The tensor.</param>
public readonly record struct Term(GraphBuilder Graph, Value Value)
{
    /// <summary>The tensor alone.</summary>
    public static implicit operator Value(Term term) => term.Value;

    /// <summary>a + b.</summary>
    public static Term operator +(Term a, Term b) => a.Apply("Add", b);

    /// <summary>a - b.</summary>
    public static Term operator -(Term a, Term b) => a.Apply("Sub", b);

    /// <summary>a * b, element by element.</summary>
    public static Term operator *(Term a, Term b) => a.Apply("Mul", b);

    /// <summary>a / b.</summary>
    public static Term operator /(Term a, Term b) => a.Apply("Div", b);

    /// <summary>-a.</summary>
    public static Term operator -(Term a) => a.Apply("Neg");

    /// <summary>a + b.</summary>
    public static Term operator +(Term a, double b) => a + a.Number(b);

    /// <summary>a + b.</summary>
    public static Term operator +(double a, Term b) => b + a;

    /// <summary>a - b.</summary>
    public static Term operator -(Term a, double b) => a - a.Number(b);

    /// <summary>a - b.</summary>
    public static Term operator -(double a, Term b) => b.Number(a) - b;

    /// <summary>a * b.</summary>
    public static Term operator *(Term a, double b) => a * a.Number(b);

    /// <summary>a * b.</summary>
    public static Term operator *(double a, Term b) => b * a;

    /// <summary>a / b.</summary>
    public static Term operator /(Term a, double b) => a / a.Number(b);

    /// <summary>a / b.</summary>
    public static Term operator /(double a, Term b) => b.Number(a) / b;

    /// <summary>A node with this tensor as its first input.</summary>
    /// <exception cref="GraphException">The operator is unknown, or its rule is broken.</exception>
    public Term Apply(string op, params ReadOnlySpan<Term> others) =>
        new(Graph, Graph.Apply(op, [Value, .. others.ToArray().Select(other => other.Value)]));

    /// <summary>A constant of this type.</summary>
    public Term Number(double number) => new(Graph, Graph.Scalar(number, Value));

    /// <summary>The larger one.</summary>
    public Term AtLeast(double number) => Apply("Max", Number(number));

    /// <summary>1 where the comparison "Equal", "Less" or "Greater" holds, else 0.</summary>
    public Term Is(string comparison, Term other) => Apply(comparison, other).Cast(Value.Type.Element);

    /// <summary>1 where the comparison with a number holds, else 0.</summary>
    public Term Is(string comparison, double other) => Is(comparison, Number(other));

    /// <summary>Itself, and 1 where it is 0: a divisor.</summary>
    public Term OrOne() => this + Is("Equal", 0);

    /// <summary>The same in another type.</summary>
    public Term Cast(ElementType type) => new(Graph, Graph.Cast(Value, type));

    /// <summary>Reduced over axes, which stay with size 1.</summary>
    public Term Reduce(string op, params long[] axes) => new(Graph, Graph.Reduce(op, Value, axes, keep: true));

    /// <summary>With axes of size 1 put in.</summary>
    public Term Unsqueeze(params long[] axes) => new(Graph, Graph.Unsqueeze(Value, axes));

    /// <summary>The last two axes swapped, of at least two.</summary>
    public Term Transpose()
    {
        int rank = Value.Shape.Count;
        return new(Graph, Graph.Transpose(Value, [.. Enumerable.Range(0, rank - 2).Select(axis => (long)axis), rank - 1, rank - 2]));
    }
}
