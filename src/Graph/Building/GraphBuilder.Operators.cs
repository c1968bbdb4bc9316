namespace Toolchain.Graph.Building;

/// <summary>The operators of hand-built graphs by name; each is ONNX's operator of that name, with the opset's form of its axes.</summary>
public sealed partial class GraphBuilder
{
    /// <summary>a + b, broadcast.</summary>
    public Value Add(Value a, Value b) => Apply("Add", [a, b]);

    /// <summary>a - b, broadcast.</summary>
    public Value Sub(Value a, Value b) => Apply("Sub", [a, b]);

    /// <summary>a * b, broadcast.</summary>
    public Value Mul(Value a, Value b) => Apply("Mul", [a, b]);

    /// <summary>a / b, broadcast.</summary>
    public Value Div(Value a, Value b) => Apply("Div", [a, b]);

    /// <summary>Matrix product over the last two axes.</summary>
    public Value MatMul(Value a, Value b) => Apply("MatMul", [a, b]);

    /// <summary>alpha * a * b (+ c), with b as [out,in] when <paramref name="transB"/>.</summary>
    public Value Gemm(Value a, Value b, Value? c = null, bool transB = false, float alpha = 1)
    {
        var attributes = new Attributes();
        if (transB)
        {
            attributes["transB"] = 1L;
        }
        if (alpha != 1)
        {
            attributes["alpha"] = alpha;
        }
        return Apply("Gemm", c is null ? [a, b] : [a, b, c], attributes);
    }

    /// <summary>The same elements, through which no gradient passes: an Identity that is named so and that all passes keep.</summary>
    public Value Detach(Value x)
    {
        Value result = Apply("Identity", [x]);
        nodes[^1] = nodes[^1] with { Name = Unique(Scope == "" ? StopGradient.Name : $"{Scope}/{StopGradient.Name}") };
        return result;
    }

    /// <summary>Elements converted to <paramref name="type"/>.</summary>
    public Value Cast(Value x, ElementType type) => x.Type.Element == type ? x : Apply("Cast", [x], new Attributes { ["to"] = (long)type });

    /// <summary>Reshape; 0 keeps an axis, -1 takes what is left.</summary>
    public Value Reshape(Value x, params long[] sizes) => Apply("Reshape", [x, Constant(TensorData.Vector(sizes))]);

    /// <summary>[first axes merged, rest merged], split before <paramref name="axis"/>.</summary>
    public Value Flatten(Value x, int axis = 1) => Apply("Flatten", [x], new Attributes { ["axis"] = axis });

    /// <summary>Axes in another order.</summary>
    public Value Transpose(Value x, params long[] permutation) => Apply("Transpose", [x], new Attributes { ["perm"] = permutation });

    /// <summary>Axes of size 1 put in.</summary>
    public Value Unsqueeze(Value x, params long[] axes) => Apply("Unsqueeze", [x, Constant(TensorData.Vector(axes))]);

    /// <summary>Axes of size 1 taken out.</summary>
    public Value Squeeze(Value x, params long[] axes) => Apply("Squeeze", [x, Constant(TensorData.Vector(axes))]);

    /// <summary>Index of the largest element along an axis, int64; the first of equals.</summary>
    public Value ArgMax(Value x, int axis, bool keep = false) => Arg("ArgMax", x, axis, keep);

    /// <summary>Index of the smallest element along an axis, int64; the first of equals.</summary>
    public Value ArgMin(Value x, int axis, bool keep = false) => Arg("ArgMin", x, axis, keep);

    /// <summary>Softmax along an axis.</summary>
    public Value Softmax(Value x, int axis = -1) => Apply("Softmax", [x], new Attributes { ["axis"] = axis });

    /// <summary>A reduction such as "ReduceSum" over <paramref name="axes"/>.</summary>
    public Value Reduce(string op, Value x, long[] axes, bool keep = false)
    {
        // ReduceSum takes its axes as an input since opset 13, the others since 18.
        int axesAreInput = op == "ReduceSum" ? 13 : 18;
        return Opset >= axesAreInput
            ? Apply(op, [x, Constant(TensorData.Vector(axes))], new Attributes { ["keepdims"] = keep ? 1 : 0 })
            // of a scalar; ONNX's checker takes no empty list
            : axes.Length == 0 ? Apply(op, [x], new Attributes { ["keepdims"] = keep ? 1 : 0 })
            : Apply(op, [x], new Attributes { ["axes"] = axes, ["keepdims"] = keep ? 1 : 0 });
    }

    Value Arg(string op, Value x, int axis, bool keep) => Apply(op, [x], new Attributes { ["axis"] = axis, ["keepdims"] = keep ? 1 : 0 });
}
