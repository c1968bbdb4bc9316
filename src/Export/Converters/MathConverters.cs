using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Functions of one or two numbers beyond plain arithmetic, element by element.</summary>
static class MathConverters
{
    public static IEnumerable<Converter> All =>
    [
        Same("THSTensor_acos", "Acos"), Same("THSTensor_asin", "Asin"), Same("THSTensor_atan", "Atan"), Same("THSTensor_cosh", "Cosh"),
        Same("THSTensor_sinh", "Sinh"), Same("THSTensor_arccosh", "Acosh"), Same("THSTensor_arcsinh", "Asinh"),
        Same("THSTensor_arctanh", "Atanh"),
        One("THSTensor_exp2", Exp2), One("THSSpecial_exp2", Exp2), One("THSTensor_trunc", Truncate),
        One("THSTensor_frac", (graph, x) => graph.Sub(x, Truncate(graph, x))),
        One("THSTensor_erfc", Erfc), One("THSSpecial_erfc", Erfc), One("THSSpecial_erf", (graph, x) => graph.Unary("Erf", x)),
        One("THSSpecial_expm1", Expm1), One("THSSpecial_expit", (graph, x) => graph.Unary("Sigmoid", x)),
        One("THSTensor_sinc", Sinc), One("THSSpecial_sinc", Sinc), One("THSTensor_sgn", Sign),
        One("THSSpecial_ndtr", (graph, x) => graph.Scale(graph.Shift(graph.Unary("Erf", graph.Scale(x, Math.Sqrt(0.5))), 1), 0.5)),
        One("THSTensor_positive", (_, x) => x),
        One("THSTensor_deg2rad", (graph, x) => graph.Scale(x, Math.PI / 180)),
        One("THSTensor_rad2deg", (graph, x) => graph.Scale(x, 180 / Math.PI)),
        new("THSTensor_logit", (graph, call) => Logit(graph, call)),
        Two("THSTensor_fmod", Fmod), TwoScalar("THSTensor_fmod_scalar", Fmod),
        Two("THSTensor_remainder", Remainder), TwoScalar("THSTensor_remainder_scalar", Remainder),
        Two("THSTensor_floor_divide", FloorDivide), TwoScalar("THSTensor_floor_divide_scalar", FloorDivide),
        Two("THSTensor_atan2", Atan2),
        Two("THSTensor_hypot", (graph, a, b) => graph.Unary("Sqrt", graph.Add(graph.Mul(a, a), graph.Mul(b, b)))),
        Two("THSTensor_logaddexp", (graph, a, b) => LogAddExp(graph, a, b)),
        Two("THSTensor_logaddexp2", (graph, a, b) =>
            graph.Scale(LogAddExp(graph, graph.Scale(a, Math.Log(2)), graph.Scale(b, Math.Log(2))), 1 / Math.Log(2))),
        Two("THSTensor_xlogy", XLogY), TwoScalar("THSTensor_xlogy_scalar", XLogY),
        Two("THSTensor_fmax", (graph, a, b) => Numbers(graph, "Max", a, b)),
        Two("THSTensor_fmin", (graph, a, b) => Numbers(graph, "Min", a, b)),
        Two("THSTensor_heaviside", (graph, x, atZero) =>
            graph.Where(graph.Apply("Equal", [x, graph.Scalar(0, x)]), atZero,
            graph.Cast(graph.Apply("Greater", [x, graph.Scalar(0, x)]), x.Type.Element))),
        Two("THSTensor_copysign", (graph, a, b) =>
            graph.Mul(graph.Unary("Abs", a), graph.Where(graph.Apply("Less", [b, graph.Scalar(0, b)]), graph.Scalar(-1, a),
            graph.Scalar(1, a)))),
        Two("THSTensor_float_power", (graph, a, b) => graph.Apply("Pow", [a, b])),
        // (input, nan, posinf, neginf), each of which may be left out
        new("THSTensor_nan_to_num", NanToNumber),
        new("THSTensor_clamp_tensor", (graph, call) => Clamp(graph, call)),
        new("THSTensor_isnan", (graph, call) => graph.Unary("IsNaN", call.Tensor(0))),
        new("THSTensor_isinf", (graph, call) => graph.Unary("IsInf", call.Tensor(0))),
        new("THSTensor_isposinf", (graph, call) => graph.Apply("IsInf", [call.Tensor(0)], new Attributes { ["detect_negative"] = 0 })),
        new("THSTensor_isneginf", (graph, call) => graph.Apply("IsInf", [call.Tensor(0)], new Attributes { ["detect_positive"] = 0 })),
        new("THSTensor_isfinite", (graph, call) =>
            graph.Unary("Not", graph.Apply("Or", [graph.Unary("IsInf", call.Tensor(0)), graph.Unary("IsNaN", call.Tensor(0))]))),
        new("THSTensor_signbit", (graph, call) => graph.Apply("Less", [call.Tensor(0), graph.Scalar(0, call.Tensor(0))])),
        new("THSTensor_isclose", IsClose),
        new("THSTensor_logical_xor", (graph, call) =>
            graph.Apply("Xor", [graph.Cast(call.Tensor(0), ElementType.Bool), graph.Cast(call.Tensor(1), ElementType.Bool)])),
    ];

    static Converter Same(string entry, string op) => One(entry, (graph, x) => graph.Unary(op, x));

    static Converter One(string entry, Func<GraphBuilder, Value, Value> function) =>
        new(entry, (graph, call) => function(graph, graph.Promoted(call, 0)));

    static Converter Two(string entry, Func<GraphBuilder, Value, Value, Value> function) =>
        new(entry, (graph, call) => function(graph, graph.Promoted(call, 0), graph.Promoted(call, 1)));

    static Converter TwoScalar(string entry, Func<GraphBuilder, Value, Value, Value> function) =>
        new(entry, (graph, call) => function(graph, graph.Promoted(call, 0), graph.Number(call, 1)));

    static Value Exp2(GraphBuilder graph, Value x) => graph.Unary("Exp", graph.Scale(x, Math.Log(2)));

    /// <summary>1 above 0, -1 below, and 0 for 0 and NaN.</summary>
    public static Value Sign(GraphBuilder graph, Value x) => x.Type.Element.IsFloat()
        ? graph.Sub(graph.Cast(graph.Apply("Greater", [x, graph.Scalar(0, x)]), x.Type.Element),
            graph.Cast(graph.Apply("Less", [x, graph.Scalar(0, x)]), x.Type.Element))
        : graph.Unary("Sign", x);

    /// <summary>e^x - 1 without cancelling near 0: tanh(x / 2) * (e^x + 1).</summary>
    public static Value Expm1(GraphBuilder graph, Value x) =>
        graph.Mul(graph.Unary("Tanh", graph.Scale(x, 0.5)), graph.Shift(graph.Unary("Exp", x), 1));

    /// <summary>log(1 + x), near 0 as 2 artanh(x / (2 + x)), which does not cancel.</summary>
    public static Value Log1p(GraphBuilder graph, Value x)
    {
        Value isSmall = graph.Apply("Less", [graph.Unary("Abs", x), graph.Scalar(0.5, x)]);
        Value small = graph.Where(isSmall, x, graph.Scalar(0, x));
        Value near = graph.Scale(graph.Unary("Atanh", graph.Div(small, graph.Shift(small, 2))), 2);
        return graph.Where(isSmall, near, graph.Unary("Log", graph.Shift(x, 1)));
    }

    /// <summary>x without its fraction, towards 0.</summary>
    public static Value Truncate(GraphBuilder graph, Value x) => !x.Type.Element.IsFloat() ? x
        : graph.Mul(graph.Unary("Sign", x), graph.Unary("Floor", graph.Unary("Abs", x)));

    // 1 - erf(x) would cancel: t e^(-x^2 + p(t)) with t = 1 / (1 + |x| / 2), and 2 - that for x < 0; off by a fraction of 1.2e-7 everywhere
    // (Press et al., Numerical Recipes, 1992, section 6.2).
    static Value Erfc(GraphBuilder graph, Value x)
    {
        double[] coefficients = [0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
            1.00002368, -1.26551223];
        Value size = graph.Unary("Abs", x), t = graph.Unary("Reciprocal", graph.Shift(graph.Scale(size, 0.5), 1));
        Value polynomial = coefficients.Skip(1)
            .Aggregate(graph.Scalar(coefficients[0], x), (sum, next) => graph.Shift(graph.Mul(sum, t), next));
        Value tail = graph.Mul(t, graph.Unary("Exp", graph.Sub(polynomial, graph.Mul(size, size))));
        return graph.Where(graph.Apply("Less", [x, graph.Scalar(0, x)]), graph.Sub(graph.Scalar(2, x), tail), tail);
    }

    // sin(pi x) / (pi x), and 1 at 0.
    static Value Sinc(GraphBuilder graph, Value x)
    {
        (Value angle, Value zero) = (graph.Scale(x, Math.PI), graph.Apply("Equal", [x, graph.Scalar(0, x)]));
        return graph.Where(zero, graph.Scalar(1, x), graph.Div(graph.Unary("Sin", angle), graph.Where(zero, graph.Scalar(1, x), angle)));
    }

    // log(x / (1 - x))
    static Value Logit(GraphBuilder graph, NativeCall call)
    {
        Value x = call.IsGiven(1) ? graph.Clip(graph.Promoted(call, 0), call.Scalar(1), 1 - call.Scalar(1)) : graph.Promoted(call, 0);
        return graph.Unary("Log", graph.Div(x, graph.Sub(graph.Scalar(1, x), x)));
    }

    static Value Fmod(GraphBuilder graph, Value a, Value b) => graph.Apply("Mod", [a, b], new Attributes { ["fmod"] = 1 });

    // The sign is the divisor's, as PyTorch has it: the remainder of C, moved by the divisor where their signs differ.
    static Value Remainder(GraphBuilder graph, Value a, Value b)
    {
        if (!a.Type.Element.IsFloat())
        {
            return graph.Apply("Mod", [a, b]);
        }
        Value rest = Fmod(graph, a, b);
        return graph.Where(IsOpposite(graph, rest, b), graph.Add(rest, b), rest);
    }

    // A rest that is not 0 and has another sign than the divisor.
    static Value IsOpposite(GraphBuilder graph, Value rest, Value b)
    {
        Value zero = graph.Scalar(0, b), differs = graph.Apply("Xor", [graph.Apply("Less", [rest, zero]), graph.Apply("Less", [b, zero])]);
        return graph.Apply("And", [graph.Unary("Not", graph.Apply("Equal", [rest, zero])), differs]);
    }

    /// <summary>The quotient rounded down: (a - a mod b) / b, in which nothing but rounding is left to round; a / b where b is 0.</summary>
    public static Value FloorDivide(GraphBuilder graph, Value a, Value b)
    {
        if (!a.Type.Element.IsFloat())
        {
            return graph.Div(graph.Sub(a, graph.Apply("Mod", [a, b])), b);
        }
        Value rest = Fmod(graph, a, b), quotient = graph.Div(graph.Sub(a, rest), b);
        Value whole = graph.Unary("Round", graph.Where(IsOpposite(graph, rest, b), graph.Shift(quotient, -1), quotient));
        return graph.Where(graph.Apply("Equal", [b, graph.Scalar(0, b)]), graph.Div(a, b), whole);
    }

    /// <summary>atan(y / x), moved by pi where x &lt; 0; pi/2 with the sign of y where x = 0.</summary>
    public static Value Atan2(GraphBuilder graph, Value y, Value x)
    {
        Value zero = graph.Scalar(0, x), sign = graph.Where(graph.Apply("Less", [y, zero]), graph.Scalar(-1, y), graph.Scalar(1, y));
        Value upright = graph.Apply("Equal", [x, zero]);
        Value angle = graph.Unary("Atan", graph.Div(y, graph.Where(upright, graph.Scalar(1, x), x)));
        Value turned = graph.Where(graph.Apply("Less", [x, zero]), graph.Add(angle, graph.Scale(sign, Math.PI)), angle);
        return graph.Where(upright, graph.Mul(graph.Scale(sign, Math.PI / 2), graph.Unary("Abs", graph.Unary("Sign", y))), turned);
    }

    // max + log(1 + e^-|a - b|)
    static Value LogAddExp(GraphBuilder graph, Value a, Value b) =>
        graph.Add(graph.Apply("Max", [a, b]), graph.Unary("Softplus", graph.Unary("Neg", graph.Unary("Abs", graph.Sub(a, b)))));

    /// <summary>x log y, and 0 where x = 0.</summary>
    public static Value XLogY(GraphBuilder graph, Value x, Value y)
    {
        Value zero = graph.Apply("Equal", [x, graph.Scalar(0, x)]);
        return graph.Where(zero, graph.Scalar(0, x), graph.Mul(x, graph.Unary("Log", y)));
    }

    // Of a number and NaN the number.
    static Value Numbers(GraphBuilder graph, string op, Value a, Value b) => !a.Type.Element.IsFloat() ? graph.Apply(op, [a, b])
        : graph.Apply(op, [graph.Where(graph.Unary("IsNaN", a), b, a), graph.Where(graph.Unary("IsNaN", b), a, b)]);

    static Value NanToNumber(GraphBuilder graph, NativeCall call)
    {
        Value x = call.Tensor(0);
        if (!x.Type.Element.IsFloat())
        {
            return x;
        }
        double largest = NanGuard.LargestFinite(x.Type.Element);
        Value number = graph.Where(graph.Unary("IsNaN", x), graph.Scalar(Given(1, 0), x), x);
        number = graph.Where(graph.Apply("Equal", [x, graph.Scalar(double.PositiveInfinity, x)]), graph.Scalar(Given(2, largest), x),
            number);
        return graph.Where(graph.Apply("Equal", [x, graph.Scalar(double.NegativeInfinity, x)]), graph.Scalar(Given(3, -largest), x),
            number);

        double Given(int argument, double absent) => call.IsGiven(argument) ? call.Scalar(argument) : absent;
    }

    static Value Clamp(GraphBuilder graph, NativeCall call)
    {
        Value x = call.IsGiven(1) ? graph.Apply("Max", [graph.Promoted(call, 0), graph.Promoted(call, 1)]) : graph.Promoted(call, 0);
        return call.IsGiven(2) ? graph.Apply("Min", [x, graph.Promoted(call, 2)]) : x;
    }

    // (a, b, rtol, atol, equal_nan): |a - b| <= atol + rtol * |b|
    static Value IsClose(GraphBuilder graph, NativeCall call)
    {
        ElementType type = ComparisonConverters.Wider(call.Tensor(0).Type.Element, call.Tensor(1).Type.Element);
        Value a = graph.Cast(call.Tensor(0), type), b = graph.Cast(call.Tensor(1), type), isEqual = graph.Apply("Equal", [a, b]);
        ElementType wide = type.IsFloat() ? type : ElementType.Float64;
        Value x = graph.Cast(a, wide), y = graph.Cast(b, wide), distance = graph.Unary("Abs", graph.Sub(x, y));
        Value allowed = graph.Shift(graph.Scale(graph.Unary("Abs", y), call.Number(2)), call.Number(3));
        // Equal infinities are close, an infinite distance is not.
        Value isNear = graph.Apply("And", [graph.Apply("Less", [distance, graph.Scalar(double.PositiveInfinity, distance)]),
            graph.Apply("LessOrEqual", [distance, allowed])]);
        Value isClose = graph.Apply("Or", [isEqual, isNear]);
        return call.Flag(4) ? graph.Apply("Or", [isClose, graph.Apply("And", [graph.Unary("IsNaN", x), graph.Unary("IsNaN", y)])])
            : isClose;
    }
}
