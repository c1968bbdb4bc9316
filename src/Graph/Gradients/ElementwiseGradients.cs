using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// Operators that work element by element, with d the gradient of the output y: that of x is d y'(x), summed where x was broadcast.
/// Where a function has a corner, its derivative there is PyTorch's.
/// </summary>
static class ElementwiseGradients
{
    public static IEnumerable<GradientRule> All =>
    [
        Of("Abs", (x, y) => x.Apply("Sign")), Of("Acos", (x, y) => -1 / (1 - x * x).Apply("Sqrt")),
        Of("Acosh", (x, y) => 1 / (x * x - 1).Apply("Sqrt")), Of("Asin", (x, y) => 1 / (1 - x * x).Apply("Sqrt")),
        Of("Asinh", (x, y) => 1 / (x * x + 1).Apply("Sqrt")), Of("Atan", (x, y) => 1 / (x * x + 1)), Of("Atanh", (x, y) => 1 / (1 - x * x)),
        Of("Cos", (x, y) => -x.Apply("Sin")), Of("Cosh", (x, y) => x.Apply("Sinh")),
        Of("Erf", (x, y) => (-(x * x)).Apply("Exp") * (2 / Math.Sqrt(Math.PI))), Of("Exp", (x, y) => y),
        Of("Log", (x, y) => 1 / x), Of("Neg", (x, y) => x.Like(-1)), Of("Reciprocal", (x, y) => -(y * y)),
        Of("Relu", (x, y) => y.Is("Greater", 0)), Of("Sigmoid", (x, y) => y * (1 - y)), Of("Sin", (x, y) => x.Apply("Cos")),
        Of("Sinh", (x, y) => x.Apply("Cosh")), Of("Softplus", (x, y) => x.Apply("Sigmoid")),
        Of("Softsign", (x, y) => 1 / Squared(1 + x.Apply("Abs"))), Of("Tan", (x, y) => 1 + y * y),
        // 0 where x is 0: a deviation of equal numbers stays a number, as PyTorch has it of its own deviation.
        Of("Sqrt", (x, y) => y.Is("Greater", 0) * 0.5 / y.OrOne()),
        Of("Tanh", (x, y) => 1 - y * y),
        // x / 6 + 1/2 + x / 6 between -3 and 3.
        Of("HardSwish", (x, y) => Inside(x, -3, 3) * (x / 3 + 0.5) + x.Is("GreaterOrEqual", 3)),
        Of("ThresholdedRelu", (x, y, a) => x.Is("Greater", a.Float("alpha", 1))),
        Of("LeakyRelu", (x, y, a) => Choose(x.Apply("Greater", x.Number(0)), x.Like(1), x.Like(a.Float("alpha", .01f)))),
        Of("Elu", (x, y, a) => Choose(x.Apply("Greater", x.Number(0)), x.Like(1), y + a.Float("alpha", 1))),
        Of("Selu", SeluSlope),
        Of("HardSigmoid", HardSigmoidSlope),
        new("Identity", scope => [scope.Gradient]),
        new("Cast", scope => [scope.Graph.Cast(scope.Gradient, scope[0].Value.Type.Element)]),
        Binary("Add", (a, b, y, d) => (d, d)), Binary("Sub", (a, b, y, d) => (d, -d)), Binary("Mul", (a, b, y, d) => (d * b, d * a)),
        Binary("Div", (a, b, y, d) => (d / b, -(d * y / b))),
        Binary("PRelu", (x, slope, y, d) => (Choose(x.Apply("Greater", x.Number(0)), d, d * slope),
            Choose(x.Apply("Greater", x.Number(0)), d.Like(0), d * x))),
        new("Pow", Pow), new("Mod", Mod), new("Clip", Clip), new("Where", Where),
        new("Max", scope => Extreme(scope)), new("Min", scope => Extreme(scope)),
    ];

    static GradientRule Of(string op, Func<Term, Term, Term> slope) => Of(op, (x, y, _) => slope(x, y));

    static GradientRule Of(string op, Func<Term, Term, Attributes, Term> slope) =>
        new(op, scope => [scope.Gradient * slope(scope[0], scope.Output(), scope.Attributes)]);

    static GradientRule Binary(string op, Func<Term, Term, Term, Term, (Term A, Term B)> both) => new(op, scope =>
    {
        (Term a, Term b) = both(scope[0], scope[1], scope.Output(), scope.Gradient);
        return [scope.Graph.SumTo(a, scope[0]), scope.Graph.SumTo(b, scope[1])];
    });

    static Term Squared(Term x) => x * x;

    /// <summary>A number in x's shape.</summary>
    static Term Like(this Term x, double number) => new(x.Graph, x.Graph.FillLike(x, number));

    static Term Choose(Term condition, Term yes, Term no) => condition.Apply("Where", yes, no);

    /// <summary>1 strictly between two numbers, else 0.</summary>
    static Term Inside(Term x, double low, double high) => x.Is("Greater", low) * x.Is("Less", high);

    static Term SeluSlope(Term x, Term y, Attributes attributes)
    {
        double alpha = attributes.Float("alpha", 1.67326319217681884765625f), gamma = attributes.Float("gamma", 1.05070102214813232421875f);
        return Choose(x.Apply("Greater", x.Number(0)), x.Like(gamma), y + alpha * gamma);
    }

    static Term HardSigmoidSlope(Term x, Term y, Attributes attributes)
    {
        double alpha = attributes.Float("alpha", .2f);
        return alpha * Inside(y, 0, 1);
    }

    // d a^b = b a^(b-1) da + a^b log(a) db; 0 for the power 0, and for the logarithm of a number that is not positive.
    static IReadOnlyList<Value?> Pow(GradientScope scope)
    {
        (Term a, Term b, Term y, Term d) = (scope[0], scope[1], scope.Output(), scope.Gradient);
        Term power = b.Cast(a.Value.Type.Element);
        Term isZero = power.Apply("Equal", power.Number(0));
        Term slope = Choose(isZero, power.Number(0), power * a.Apply("Pow", power - 1));
        Term? log = scope.Wants(1) ? Choose(a.Apply("Greater", a.Number(0)), a, a.Number(1)).Apply("Log") : null;
        return [scope.Graph.SumTo(d * slope, a), log is Term known ? scope.Graph.SumTo(d * y * known, b) : null];
    }

    // fmod(a, b) = a - b trunc(a / b), and trunc is flat.
    static IReadOnlyList<Value?> Mod(GradientScope scope)
    {
        (Term a, Term b, Term y, Term d) = (scope[0], scope[1], scope.Output(), scope.Gradient);
        Term times = ((a - y) / b).Apply("Round");
        return [scope.Graph.SumTo(d, a), scope.Graph.SumTo(-(d * times), b)];
    }

    // Within the bounds, which count as inside; each bound gets what it stopped.
    static IReadOnlyList<Value?> Clip(GradientScope scope)
    {
        (Term x, Term d) = (scope[0], scope.Gradient);
        Term? below = scope.Optional(1) is Term low ? x.Is("Less", low) : null, above = scope.Optional(2) is Term high
            ? x.Is("Greater", high) : null;
        Term inside = d;
        inside = below is Term under ? inside * (1 - under) : inside;
        inside = above is Term over ? inside * (1 - over) : inside;
        return [inside, Stopped(1, below), Stopped(2, above)];

        Value? Stopped(int bound, Term? where) =>
            where is Term stopped && scope.Wants(bound) ? scope.Graph.SumTo(d * stopped, scope[bound]) : null;
    }

    static IReadOnlyList<Value?> Where(GradientScope scope)
    {
        (Term condition, Term d) = (scope[0], scope.Gradient);
        return
        [
            null, scope.Wants(1) ? scope.Graph.SumTo(Choose(condition, d, d.Number(0)), scope[1]) : null,
            scope.Wants(2) ? scope.Graph.SumTo(Choose(condition, d.Number(0), d), scope[2]) : null,
        ];
    }

    // Equals share the gradient.
    static IReadOnlyList<Value?> Extreme(GradientScope scope)
    {
        (Term y, Term d) = (scope.Output(), scope.Gradient);
        Term[] isIt = [.. Enumerable.Range(0, scope.InputCount).Select(i => y.Is("Equal", scope[i]))];
        Term share = d / isIt.Aggregate((a, b) => a + b);
        return [.. isIt.Select((one, i) => scope.Wants(i) ? (Value?)scope.Graph.SumTo(share * one, scope[i]) : null)];
    }
}
