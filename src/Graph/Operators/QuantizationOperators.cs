namespace Toolchain.Graph.Operators;

/// <summary>Between numbers and 8-bit steps: y = saturate(round(x / scale) + zero), and back x = (y - zero) * scale.</summary>
static class QuantizationOperators
{
    public static IEnumerable<Operator> All =>
    [
        new("QuantizeLinear", 13, scope => [new(Checked(scope).Optional(2)?.Element ?? ElementType.UInt8, scope[0].Shape)],
            scope => [Quantize(scope)]),
        new("DequantizeLinear", 13, scope => [new(Checked(scope)[1].Element, scope[0].Shape)], scope => [Dequantize(scope)]),
    ];

    static TypeScope Checked(TypeScope scope) => scope.Attributes.Int("block_size", 0) == 0 && scope.Attributes.Int("output_dtype", 0) == 0
        ? scope
        : throw new GraphException("'block_size' and 'output_dtype' are not supported; expected one scale for all or for each channel.");

    // Of two steps that are equally near, the even one.
    static NdArray Quantize(ValueScope scope)
    {
        ElementType type = scope.Optional(2)?.Type ?? ElementType.UInt8;
        double least = type == ElementType.Int8 ? sbyte.MinValue : 0, most = type == ElementType.Int8 ? sbyte.MaxValue : byte.MaxValue;
        (Func<int, double> scaleOf, Func<int, double> zeroOf) = Parameters(scope);
        return scope[0].Map((x, i) => Math.Clamp(Math.Round(x / scaleOf(i), MidpointRounding.ToEven) + zeroOf(i), least, most), type);
    }

    static NdArray Dequantize(ValueScope scope)
    {
        (Func<int, double> scaleOf, Func<int, double> zeroOf) = Parameters(scope);
        return scope[0].Map((x, i) => (x - zeroOf(i)) * scaleOf(i), scope[1].Type);
    }

    // Scale and zero of an element: one for all, or one for each position of the axis.
    static (Func<int, double> Scale, Func<int, double> Zero) Parameters(ValueScope scope)
    {
        (double[] scales, double[]? zeros) = (scope[1].Data, scope.Optional(2)?.Data);
        if (scales.Length == 1)
        {
            return (_ => scales[0], _ => zeros?[0] ?? 0);
        }
        NdArray x = scope[0];
        int axis = x.Axis(scope.Attributes.Int("axis", 1)), inner = NdArray.Product(x.Dims.AsSpan(axis + 1)), count = x.Dims[axis];
        return scales.Length == count && (zeros?.Length ?? count) == count
            ? (i => scales[i / inner % count], i => zeros?[i / inner % count] ?? 0)
            : throw new GraphException($"{scales.Length} scales do not fit the {count} positions of axis {axis}.");
    }
}
