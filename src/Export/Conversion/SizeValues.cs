using Toolchain.Graph;

namespace Toolchain.Export.Conversion;

/// <summary>Computes sizes inside the graph: read off a tensor that has them as an axis, or calculated from such sizes.</summary>
sealed class SizeValues(GraphBuilder graph)
{
    readonly Dictionary<Quantity, (Value Tensor, int Axis)> sources = [];
    const long LargestDivisor = 64;

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
        if (SizeExpression.Solve(size, known) is not SizeExpression found)
        {
            return Bounded(size, known) ?? throw new Refusal(
                $"the number {size} (one for each traced size) follows a named axis in a way that is not understood; "
                + "expected sums, products and quotients of tensor sizes");
        }
        Value left = Of(known[found.Left]);
        Value value = found.Operation switch
        {
            '*' => graph.Mul(left, Of(known[found.Right])),
            '+' => graph.Add(left, Of(known[found.Right])),
            '-' => graph.Sub(left, Of(known[found.Right])),
            _ => left,
        };
        value = found.Factor == 1 ? value : graph.Mul(value, Vector(found.Factor));
        value = found.Summand == 0 ? value : graph.Add(value, Vector(found.Summand));
        return found.Divisor == 1 ? value : graph.Div(value, Vector(found.Divisor));
    }

    // The remainder of a size by a number, or the smaller or larger of the two.
    Value? Bounded(Quantity size, Quantity[] known)
    {
        (long lowest, long highest) = (size.Values.Min(), size.Values.Max());
        foreach (Quantity source in known)
        {
            for (long divisor = 2; divisor <= LargestDivisor; divisor++)
            {
                if (source.Select(value => value % divisor).Equals(size))
                {
                    return graph.Apply("Mod", [Of(source), Vector(divisor)]);
                }
            }
            if (source.Select(value => Math.Min(value, highest)).Equals(size))
            {
                return graph.Apply("Min", [Of(source), Vector(highest)]);
            }
            if (source.Select(value => Math.Max(value, lowest)).Equals(size))
            {
                return graph.Apply("Max", [Of(source), Vector(lowest)]);
            }
        }
        return null;
    }

    Value Vector(params long[] numbers) => graph.Constant(TensorData.Vector(numbers));
}
