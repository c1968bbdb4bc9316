using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Deploy.Pictures;

/// <summary>A tensor of a graph in arithmetic: operators add nodes; numbers beside it become constants of its type.</summary>
/// <param name="Graph">Gets the nodes.</param>
/// <param name="Value">The tensor.</param>
readonly record struct Term(GraphBuilder Graph, Value Value)
{
    public static Term operator +(Term a, Term b) => a.Apply("Add", b);

    public static Term operator -(Term a, Term b) => a.Apply("Sub", b);

    public static Term operator *(Term a, Term b) => a.Apply("Mul", b);

    public static Term operator /(Term a, Term b) => a.Apply("Div", b);

    public static Term operator +(Term a, double b) => a + a.Number(b);

    public static Term operator -(Term a, double b) => a - a.Number(b);

    public static Term operator -(double a, Term b) => b.Number(a) - b;

    public static Term operator *(Term a, double b) => a * a.Number(b);

    public static Term operator /(Term a, double b) => a / a.Number(b);

    public static Term operator /(double a, Term b) => b.Number(a) / b;

    /// <summary>A node with this tensor as its first input.</summary>
    public Term Apply(string op, params ReadOnlySpan<Term> others) =>
        new(Graph, Graph.Apply(op, [Value, .. others.ToArray().Select(other => other.Value)]));

    /// <summary>A constant of this type.</summary>
    public Term Number(double number) => new(Graph, Graph.Scalar(number, Value));

    /// <summary>The larger one.</summary>
    public Term AtLeast(double number) => Apply("Max", Number(number));

    /// <summary>1 where the comparison "Equal", "Less" or "Greater" holds, else 0.</summary>
    public Term Is(string comparison, Term other) => Apply(comparison, other).Cast(Value.Type.Element);

    /// <summary>Itself, and 1 where it is 0: a divisor.</summary>
    public Term OrOne() => this + Is("Equal", Number(0));

    /// <summary>The same in another type.</summary>
    public Term Cast(ElementType type) => new(Graph, Graph.Cast(Value, type));

    /// <summary>Reduced over axes, which stay with size 1.</summary>
    public Term Reduce(string op, params long[] axes) => new(Graph, Graph.Reduce(op, Value, axes, keep: true));

    /// <summary>With axes of size 1 put in.</summary>
    public Term Unsqueeze(params long[] axes) => new(Graph, Graph.Unsqueeze(Value, axes));

    /// <summary>The last two axes swapped, of three.</summary>
    public Term Transpose() => new(Graph, Graph.Transpose(Value, 0, 2, 1));
}
