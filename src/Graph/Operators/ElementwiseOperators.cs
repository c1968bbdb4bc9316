namespace Toolchain.Graph.Operators;

/// <summary>Operators that work element by element, with ONNX's multidirectional broadcasting.</summary>
static class ElementwiseOperators
{
    public static IEnumerable<Operator> All =>
    [
        Unary("Abs", Math.Abs), Unary("Acos", Math.Acos), Unary("Acosh", Math.Acosh), Unary("Asin", Math.Asin), Unary("Asinh", Math.Asinh),
        Unary("Atan", Math.Atan), Unary("Atanh", Math.Atanh), Unary("Cosh", Math.Cosh), Unary("Sinh", Math.Sinh),
        Unary("Softsign", x => x / (1 + Math.Abs(x))), Unary("HardSwish", x => x * Math.Clamp(x / 6 + 0.5, 0, 1), opset: 14),
        Unary("IsNaN", x => double.IsNaN(x) ? 1 : 0, ElementType.Bool), Parametric("IsInf", IsInfinite, ElementType.Bool),
        Parametric("ThresholdedRelu", a => { double alpha = a.Float("alpha", 1); return x => x > alpha ? x : 0; }),
        Unary("Ceil", Math.Ceiling), Unary("Cos", Math.Cos), Unary("Erf", ErrorFunction.Erf), Unary("Exp", Math.Exp),
        Unary("Floor", Math.Floor), Unary("Identity", x => x), Unary("Log", Math.Log), Unary("Neg", x => -x),
        Unary("Reciprocal", x => 1 / x), Unary("Relu", x => x < 0 ? 0 : x),
        Unary("Round", x => Math.Round(x, MidpointRounding.ToEven)), Unary("Sigmoid", Sigmoid),
        Unary("Sign", x => double.IsNaN(x) ? x : Math.Sign(x)), Unary("Sin", Math.Sin), Unary("Softplus", Softplus),
        Unary("Sqrt", Math.Sqrt), Unary("Tan", Math.Tan), Unary("Tanh", Math.Tanh), Unary("Not", x => x == 0 ? 1 : 0, ElementType.Bool),
        Parametric("LeakyRelu", a => { double slope = a.Float("alpha", .01f); return x => x < 0 ? slope * x : x; }),
        Parametric("Elu", a => { double alpha = a.Float("alpha", 1); return x => x < 0 ? alpha * (Math.Exp(x) - 1) : x; }),
        Parametric("Selu", a =>
        {
            double alpha = a.Float("alpha", 1.67326319217681884765625f), gamma = a.Float("gamma", 1.05070102214813232421875f);
            return x => gamma * (x < 0 ? alpha * (Math.Exp(x) - 1) : x);
        }),
        Parametric("HardSigmoid", a =>
            { double alpha = a.Float("alpha", .2f), beta = a.Float("beta", .5f); return x => Math.Clamp(alpha * x + beta, 0, 1); }),
        Binary("Add", (a, b) => a + b), Binary("Sub", (a, b) => a - b), Binary("Mul", (a, b) => a * b), Binary("Div", (a, b) => a / b),
        Binary("Pow", Math.Pow), Variadic("Min", Math.Min), Variadic("Max", Math.Max),
        Compare("Equal", (a, b) => a == b), Compare("Less", (a, b) => a < b), Compare("LessOrEqual", (a, b) => a <= b),
        Compare("Greater", (a, b) => a > b), Compare("GreaterOrEqual", (a, b) => a >= b),
        Compare("And", (a, b) => a != 0 && b != 0), Compare("Or", (a, b) => a != 0 || b != 0), Compare("Xor", (a, b) => a != 0 != (b != 0)),
        new("Mod", 13, scope => [new(SameElement("Mod", scope), Broadcasting.Infer(scope[0].Shape, scope[1].Shape))],
            scope => [Mod(scope)]),
        Binary("PRelu", (x, slope) => x < 0 ? slope * x : x),
        new("Clip", 13, scope => [scope[0]], Clip),
        new("Where", 13, scope => [new(scope[1].Element, Broadcasting.Infer(scope[0].Shape, scope[1].Shape, scope[2].Shape))], Where),
        new("Cast", 13, scope => [new((ElementType)scope.Attributes.Int("to", 0), scope[0].Shape)], Cast),
    ];

    static Operator Unary(string name, Func<double, double> function, ElementType? type = null, int opset = 13) =>
        new(name, opset, scope => [new(type ?? scope[0].Element, scope[0].Shape)], scope => [scope[0].Map(function, type)]);

    static Operator Parametric(string name, Func<Attributes, Func<double, double>> bind, ElementType? type = null) =>
        new(name, 13, scope => [new(type ?? scope[0].Element, scope[0].Shape)], scope => [scope[0].Map(bind(scope.Attributes), type)]);

    static Operator Binary(string name, Func<double, double, double> function) => new(name, 13,
        scope => [new(SameElement(name, scope), Broadcasting.Infer(scope[0].Shape, scope[1].Shape))],
        scope => [Broadcasting.Apply(scope[0], scope[1], Truncating(scope[0].Type, function), scope[0].Type)]);

    static Operator Variadic(string name, Func<double, double, double> function) => new(name, 13,
        scope => [new(scope[0].Element, Broadcasting.Infer([.. Enumerable.Range(0, scope.InputCount).Select(i => scope[i].Shape)]))],
        scope =>
            [Enumerable.Range(1, scope.InputCount - 1)
            .Aggregate(scope[0], (result, i) => Broadcasting.Apply(result, scope[i], function, result.Type))]);

    static Operator Compare(string name, Func<double, double, bool> function) => new(name, 13,
        scope => [new(ElementType.Bool, Broadcasting.Infer(scope[0].Shape, scope[1].Shape))],
        scope => [Broadcasting.Apply(scope[0], scope[1], (a, b) => function(a, b) ? 1 : 0, ElementType.Bool)]);

    static ElementType SameElement(string name, TypeScope scope) => scope[0].Element == scope[1].Element || name == "Pow"
        ? scope[0].Element
        : throw new GraphException($"inputs must have one element type, found {scope[0].Element} and {scope[1].Element}.");

    // Division of integers drops the fraction, as in ONNX.
    static Func<double, double, double> Truncating(ElementType type, Func<double, double, double> function) =>
        type.IsFloat() ? function : (a, b) => Wrapped(Math.Truncate(function(a, b)), type);

    // Integers of fewer than 64 bits wrap around, as in C.
    static double Wrapped(double value, ElementType type) => type switch
    {
        ElementType.UInt8 => unchecked((byte)(long)value),
        ElementType.Int8 => unchecked((sbyte)(long)value),
        ElementType.Int32 => unchecked((int)(long)value),
        _ => value,
    };

    static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    static Func<double, double> IsInfinite(Attributes attributes)
    {
        bool negative = attributes.Int("detect_negative", 1) != 0, positive = attributes.Int("detect_positive", 1) != 0;
        return x => (double.IsPositiveInfinity(x) && positive) || (double.IsNegativeInfinity(x) && negative) ? 1 : 0;
    }

    // With 'fmod' the sign is the dividend's, as in C; without it the divisor's.
    static NdArray Mod(ValueScope scope)
    {
        Func<double, double, double> function = scope.Attributes.Int("fmod", 0) != 0
            ? (a, b) => a % b
            : (a, b) => a - b * Math.Floor(a / b);
        return Broadcasting.Apply(scope[0], scope[1], function, scope[0].Type);
    }

    // log(1 + e^x) without overflow.
    static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    static NdArray[] Clip(ValueScope scope)
    {
        double low = scope.Optional(1)?.Data[0] ?? double.NegativeInfinity;
        double high = scope.Optional(2)?.Data[0] ?? double.PositiveInfinity;
        return [scope[0].Map(x => Math.Min(Math.Max(x, low), high))];
    }

    static NdArray[] Where(ValueScope scope)
    {
        NdArray chosen = Broadcasting.Apply(scope[0], scope[1], (c, x) => c != 0 ? x : 0, scope[1].Type);
        NdArray other = Broadcasting.Apply(scope[0], scope[2], (c, x) => c != 0 ? 0 : x, scope[1].Type);
        return [Broadcasting.Apply(chosen, other, (a, b) => a + b, scope[1].Type)];
    }

    static NdArray[] Cast(ValueScope scope)
    {
        var type = (ElementType)scope.Attributes.Int("to", 0);
        return [scope[0]
            .Map(value => type == ElementType.Bool ? (value != 0 ? 1 : 0) : type.IsFloat() ? value : Wrapped(Math.Truncate(value), type),
            type)];
    }
}
