using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Special functions of one or two numbers, element by element, to the precision of float32.</summary>
static class SpecialConverters
{
    // Giles, Approximating the erfinv function (GPU Computing Gems, 2010), table 5: around the centre, and in the tails.
    static readonly double[] centre = [2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503,
        -0.00417768164, 0.246640727, 1.50140941];
    static readonly double[] tail = [-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
        0.00943887047, 1.00167406, 2.83297682];

    // Lanczos's series (Press et al., Numerical Recipes, 1992, section 6.1).
    static readonly double[] lanczos = [76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2,
        -0.5395239384953e-5];

    public static IEnumerable<Converter> All =>
    [
        .. Both("erfinv", ErfInverse), .. Both("digamma", Digamma),
        One("THSTensor_lgamma", LogGamma), One("THSSpecial_gammaln", LogGamma), One("THSSpecial_entr", Entropy),
        One("THSSpecial_logit", (graph, x) => graph.Unary("Log", graph.Div(x, graph.Sub(graph.Scalar(1, x), x)))),
        new("THSSpecial_xlog1py", (graph, call) => XLog1pY(graph, graph.Promoted(call, 0), graph.Promoted(call, 1))),
        // (exponent, input): x * 2^e
        new("THSTensor_ldexp", (graph, call) =>
            graph.Mul(graph.Promoted(call, 0), graph.Unary("Exp", graph.Scale(graph.Promoted(call, 1), Math.Log(2))))),
    ];

    static Converter One(string entry, Func<GraphBuilder, Value, Value> function) =>
        new(entry, (graph, call) => function(graph, graph.Promoted(call, 0)));

    static Converter[] Both(string name, Func<GraphBuilder, Value, Value> function) =>
        [One($"THSTensor_{name}", function), One($"THSSpecial_{name}", function)];

    static Value Polynomial(GraphBuilder graph, Value x, double[] coefficients) =>
        coefficients.Skip(1).Aggregate(graph.Scalar(coefficients[0], x), (sum, next) => graph.Shift(graph.Mul(sum, x), next));

    // A polynomial of w = -log(1 - x^2), times x; infinite at the ends.
    static Value ErfInverse(GraphBuilder graph, Value x)
    {
        Value one = graph.Scalar(1, x), size = graph.Unary("Abs", x), isEnd = graph.Apply("Equal", [size, one]);
        Value inside = graph.Where(isEnd, graph.Scalar(0, x), x);
        Value w = graph.Unary("Neg", graph.Unary("Log", graph.Mul(graph.Sub(one, inside), graph.Add(one, inside))));
        Value near = Polynomial(graph, graph.Shift(w, -2.5), centre);
        Value far = Polynomial(graph, graph.Shift(graph.Unary("Sqrt", graph.Clip(w, 5, null)), -3), tail);
        Value factor = graph.Where(graph.Apply("Less", [w, graph.Scalar(5, x)]), near, far);
        return graph.Mul(x, graph.Where(isEnd, graph.Scalar(double.PositiveInfinity, x), factor));
    }

    // log |gamma(x)|; below 1/2 by log(pi / |sin(pi x)|) - log gamma(1 - x), infinite at 0, -1, ..
    static Value LogGamma(GraphBuilder graph, Value x)
    {
        Value isLow = graph.Apply("Less", [x, graph.Scalar(0.5, x)]);
        Value high = graph.Where(isLow, graph.Sub(graph.Scalar(1, x), x), x), base5 = graph.Shift(high, 5.5);
        Value series = lanczos.Select((coefficient, i) => graph.Div(graph.Scalar(coefficient, x), graph.Shift(high, i + 1)))
            .Aggregate(graph.Scalar(1.000000000190015, x), graph.Add);
        Value main = graph.Sub(graph.Mul(graph.Shift(high, 0.5), graph.Unary("Log", base5)), base5);
        Value gamma = graph.Add(main, graph.Unary("Log", graph.Scale(graph.Div(series, high), 2.5066282746310005)));
        Value sine = graph.Unary("Sin", graph.Scale(Fraction(graph, x), Math.PI));
        Value mirrored = graph.Sub(graph.Unary("Log", graph.Div(graph.Scalar(Math.PI, x), sine)), gamma);
        return graph.Where(isLow, mirrored, gamma);
    }

    static Value Fraction(GraphBuilder graph, Value x) => graph.Sub(x, graph.Unary("Floor", x));

    // The derivative of log gamma: from 6 on by its series; below by 1/x steps, below 1/2 by psi(1 - x) - pi / tan(pi x).
    static Value Digamma(GraphBuilder graph, Value x)
    {
        Value zero = graph.Scalar(0, x), isLow = graph.Apply("Less", [x, graph.Scalar(0.5, x)]);
        Value high = graph.Where(isLow, graph.Sub(graph.Scalar(1, x), x), x), z = graph.Shift(high, 6);
        Value steps = Enumerable.Range(0, 6).Select(i => graph.Unary("Reciprocal", graph.Shift(high, i))).Aggregate(graph.Add);
        Value inverse = graph.Unary("Reciprocal", z), square = graph.Mul(inverse, inverse);
        Value rest = graph.Mul(square, Polynomial(graph, square, [1.0 / 252, -1.0 / 120, 1.0 / 12]));
        Value psi = graph.Sub(graph.Sub(graph.Unary("Log", z), graph.Scale(inverse, 0.5)), graph.Add(rest, steps));
        Value fraction = Fraction(graph, x), tangent = graph.Unary("Tan", graph.Scale(fraction, Math.PI));
        Value mirrored = graph.Sub(psi, graph.Div(graph.Scalar(Math.PI, x), tangent));
        Value whole = graph.Where(graph.Apply("Equal", [x, zero]), graph.Scalar(double.NegativeInfinity, x),
            graph.Scalar(double.NaN, x));
        return graph.Where(isLow, graph.Where(graph.Apply("Equal", [fraction, zero]), whole, mirrored), psi);
    }

    // -x log x, and -inf below 0
    static Value Entropy(GraphBuilder graph, Value x) => graph.Where(graph.Apply("Less", [x, graph.Scalar(0, x)]),
        graph.Scalar(double.NegativeInfinity, x), graph.Unary("Neg", MathConverters.XLogY(graph, x, x)));

    // x log(1 + y), and 0 where x = 0
    static Value XLog1pY(GraphBuilder graph, Value x, Value y) => graph.Where(graph.Apply("Equal", [x, graph.Scalar(0, x)]),
        graph.Scalar(0, x), graph.Mul(x, MathConverters.Log1p(graph, y)));
}
