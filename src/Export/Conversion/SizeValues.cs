using Toolchain.Export.Recording;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Conversion;

/// <summary>Computes sizes inside the graph: read off a tensor that has them as an axis, or calculated from such sizes.</summary>
/// <param name="graph">The graph.</param>
/// <param name="code">Numbers of the module's code.</param>
sealed class SizeValues(GraphBuilder graph, Lazy<CodeNumbers> code)
{
    readonly Dictionary<Quantity, (Value Tensor, int Axis)> sources = [];
    readonly Dictionary<Quantity, Value> made = [];

    /// <summary>Remembers which sizes can be read off <paramref name="tensor"/>.</summary>
    public void Learn(Value tensor, IReadOnlyList<Quantity> sizes)
    {
        for (int axis = 0; axis < sizes.Count; axis++)
        {
            if (!sizes[axis].IsConstant)
            {
                _ = sources.TryAdd(sizes[axis], (tensor, axis));
            }
        }
    }

    /// <summary>Sizes that can be read off a tensor.</summary>
    public IReadOnlyList<Quantity> Known => [.. sources.Keys];

    /// <summary>An int64 vector of one element.</summary>
    /// <exception cref="Refusal">The size is no expression of known ones.</exception>
    public Value Of(Quantity size)
    {
        if (size.Constant is long number)
        {
            return Vector(number);
        }
        if (!made.TryGetValue(size, out Value? value))
        {
            made[size] = value = sources.TryGetValue(size, out var source) ? Read(source.Tensor, source.Axis) : Calculate(size);
        }
        return value;
    }

    /// <summary>An int64 vector; a constant where all sizes are.</summary>
    public Value Of(IReadOnlyList<Quantity> sizes) => sizes.All(size => size.IsConstant)
        ? Vector([.. sizes.Select(size => size.Values[0])])
        : sizes.Count == 1 ? Of(sizes[0]) : graph.Apply("Concat", [.. sizes.Select(Of)], new Attributes { ["axis"] = 0 });

    Value Read(Value tensor, int axis) =>
        graph.Apply("Gather", [graph.Apply("Shape", [tensor]), Vector(axis)], new Attributes { ["axis"] = 0 });

    Value Calculate(Quantity size)
    {
        Quantity[] known = [.. sources.Keys];
        return SizeExpression.Exact(size, known) is SizeExpression exact ? Express(exact, known)
            : SizeSteps.Fraction(graph, this, size, code.Value.Fractions)
            ?? (SizeExpression.Rounded(size, known, code.Value.Whole) is SizeExpression rounded ? Express(rounded, known)
            : SizeSteps.Other(graph, this, size, code.Value.Whole))
            ?? throw new Refusal($"the number {size} (one for each traced size) follows a named axis in a way that is not understood; "
                + "expected sums, products, quotients, remainders, roots and bounds of tensor sizes");
    }

    Value Express(SizeExpression found, Quantity[] known)
    {
        Value left = Of(known[found.Left]);
        Value value = found.Operation switch
        {
            '*' => graph.Mul(left, Of(known[found.Right])),
            '+' => graph.Add(left, Of(known[found.Right])),
            '-' => graph.Sub(left, Of(known[found.Right])),
            _ => left,
        };
        return Rounded(value, found.Factor, found.Summand, found.Divisor);
    }

    /// <summary>floor((factor * value + summand) / divisor) of an int64 vector.</summary>
    public Value Rounded(Value value, long factor, long summand, long divisor)
    {
        value = factor == 1 ? value : graph.Mul(value, Vector(factor));
        value = summand == 0 ? value : graph.Add(value, Vector(summand));
        return divisor == 1 ? value : graph.Div(value, Vector(divisor));
    }

    Value Vector(params long[] numbers) => graph.Constant(TensorData.Vector(numbers));
}
