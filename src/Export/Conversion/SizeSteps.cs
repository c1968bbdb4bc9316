using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Conversion;

/// <summary>Whole numbers that follow a size in steps: fractions of it, remainders, multiples, bounds and roots.</summary>
static class SizeSteps
{
    static readonly (Func<double, double> Round, string Op)[] roundings =
        [(Math.Floor, "Floor"), (Math.Ceiling, "Ceil"), (value => Math.Round(value), "Round")];

    /// <summary>
    /// A size times or by a fraction of the module's code, rounded, plus a whole number, such as (long)(T * 0.7): computed as C# does,
    /// since 0.29 * 100 is less than 29. Null where none gives <paramref name="wanted"/>.
    /// </summary>
    public static Value? Fraction(GraphBuilder graph, SizeValues sizes, Quantity wanted, IReadOnlyList<double> fractions)
    {
        var candidates = from size in sizes.Known
                         from fraction in fractions
                         from op in (string[])["Mul", "Div"]
                         from isSingle in (float)fraction == fraction ? (bool[])[true, false] : [false]
                         from rounding in roundings
                         select new { size, fraction, op, isSingle, rounding };
        foreach (var candidate in candidates)
        {
            (string op, double fraction, bool isSingle) = (candidate.op, candidate.fraction, candidate.isSingle);
            Quantity rounded = candidate.size.Select(value =>
            {
                double exact = op == "Mul" ? value * fraction : value / fraction;
                return (long)candidate.rounding.Round(isSingle ? (float)exact : exact);
            });
            if (Summand(wanted, rounded) is long summand)
            {
                Value wide = graph.Cast(sizes.Of(candidate.size), ElementType.Float64);
                Value exact = graph.Apply(op, [wide, graph.Scalar(fraction, wide)]);
                return Whole(graph, sizes, graph.Unary(candidate.rounding.Op, isSingle ? graph.ToSingle(exact) : exact), summand);
            }
        }
        return null;
    }

    /// <summary>Remainders, multiples of a quotient, bounds and roots of a known size; null where none gives the number.</summary>
    public static Value? Other(GraphBuilder graph, SizeValues sizes, Quantity wanted, IReadOnlyList<long> code) =>
        sizes.Known.Select(size => Remainder(graph, sizes, wanted, size, code) ?? Multiple(graph, sizes, wanted, size, code)
            ?? Bounded(graph, sizes, wanted, size) ?? Root(graph, sizes, wanted, size)).FirstOrDefault(value => value is not null);

    // (size + summand) mod divisor and (summand - size) mod divisor, as padding to a multiple needs it.
    static Value? Remainder(GraphBuilder graph, SizeValues sizes, Quantity wanted, Quantity size, IReadOnlyList<long> code)
    {
        foreach (long divisor in Divisors(code).Where(divisor => wanted.Values.Max() < divisor && wanted.Values.Min() >= 0))
        {
            foreach (int sign in (int[])[1, -1])
            {
                long summand = Mod(wanted.Values[0] - sign * size.Values[0], divisor);
                if (size.Select(value => Mod(sign * value + summand, divisor)).Equals(wanted))
                {
                    return graph.Apply("Mod",
                        [sizes.Rounded(sizes.Of(size), sign, summand, 1), graph.Constant(TensorData.Vector(divisor))]);
                }
            }
        }
        return null;
    }

    // step * floor((size + summand) / divisor) + rest
    static Value? Multiple(GraphBuilder graph, SizeValues sizes, Quantity wanted, Quantity size, IReadOnlyList<long> code)
    {
        long step = wanted.Values.Aggregate(0L,
            (common, value) => (long)System.Numerics.BigInteger.GreatestCommonDivisor(common, value - wanted.Values[0]));
        if (step < 2)
        {
            return null;
        }
        long rest = Mod(wanted.Values[0], step);
        return SizeExpression.Rounded(wanted.Select(value => (value - rest) / step), [size], code) is SizeExpression found
            ? sizes.Rounded(sizes.Rounded(sizes.Of(size), found.Factor, found.Summand, found.Divisor), step, rest, 1) : null;
    }

    // The smaller or larger of the size, plus a whole number, and a bound, which is a number or another size.
    static Value? Bounded(GraphBuilder graph, SizeValues sizes, Quantity wanted, Quantity size)
    {
        foreach ((string op, Func<long, long, long> choose) in ((string, Func<long, long, long>)[])[("Min", Math.Min), ("Max", Math.Max)])
        {
            long bound = op == "Min" ? wanted.Values.Max() : wanted.Values.Min();
            int other = wanted.Values.ToList().FindIndex(value => value != bound);
            long summand = wanted.Values[other] - size.Values[other];
            if (size.Select(value => choose(value + summand, bound)).Equals(wanted))
            {
                return graph.Apply(op, [sizes.Rounded(sizes.Of(size), 1, summand, 1), graph.Constant(TensorData.Vector(bound))]);
            }
            if (sizes.Known.FirstOrDefault(known => Quantity.Combine(size, known, choose).Equals(wanted)) is Quantity second)
            {
                return graph.Apply(op, [sizes.Of(size), sizes.Of(second)]);
            }
        }
        return null;
    }

    // floor or ceiling of the square root, plus a whole number
    static Value? Root(GraphBuilder graph, SizeValues sizes, Quantity wanted, Quantity size)
    {
        foreach ((Func<double, double> round, string op) in roundings)
        {
            if (size.Values.Min() >= 0 && Summand(wanted, size.Select(value => (long)round(Math.Sqrt(value)))) is long summand)
            {
                Value root = graph.Unary("Sqrt", graph.Cast(sizes.Of(size), ElementType.Float64));
                return Whole(graph, sizes, graph.Unary(op, root), summand);
            }
        }
        return null;
    }

    static Value Whole(GraphBuilder graph, SizeValues sizes, Value rounded, long summand) =>
        sizes.Rounded(graph.Cast(rounded, ElementType.Int64), 1, summand, 1);

    // What is to be added in every recording.
    static long? Summand(Quantity wanted, Quantity rounded) =>
        Quantity.Combine(wanted, rounded, (a, b) => a - b).Constant is long summand && !rounded.IsConstant ? summand : null;

    static IEnumerable<long> Divisors(IReadOnlyList<long> code) =>
        code.Concat(Enumerable.Range(2, (int)SizeExpression.LargestDivisor - 1).Select(divisor => (long)divisor))
            .Where(divisor => divisor > 1).Distinct();

    static long Mod(long value, long divisor) => (value % divisor + divisor) % divisor;
}
