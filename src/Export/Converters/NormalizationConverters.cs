using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Normalisations in their inference form.</summary>
static class NormalizationConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSNN_batch_norm", BatchNorm),
        new("THSNN_layer_norm", LayerNorm),
        new("THSNN_group_norm", GroupNorm),
        new("THSNN_instance_norm", InstanceNorm),
        new("THSNN_local_response_norm", LocalResponseNorm),
        new("THSNN_normalize", Normalize),
        new("THSNN_cosine_similarity", CosineSimilarity),
        new("THSSpecial_softmax", (graph, call) => graph.Softmax(graph.Promoted(call, 0), (int)call.Integer(1))),
        new("THSSpecial_log_softmax", (graph, call) =>
            graph.Apply("LogSoftmax", [graph.Promoted(call, 0)], new Attributes { ["axis"] = call.Integer(1) })),
        .. ((string[])["THSNN_dropout", "THSNN_dropout2d", "THSNN_dropout3d", "THSNN_alpha_dropout", "THSNN_feature_alpha_dropout"])
            .Select(entry => new Converter(entry, Dropout)),
    ];

    // (input, mean, variance, weight, bias, training, momentum, eps): (x - mean) / sqrt(variance + eps) * weight + bias per channel.
    static Value BatchNorm(GraphBuilder graph, NativeCall call)
    {
        if (call.IsGiven(1))
        {
            if (!call.Flag(5))
            {
                return Running(graph, call);
            }
            if (!call.IsTraining)
            {
                throw call.Refuse("it normalises by the statistics of the batch, which is training; call eval()");
            }
            RunningStatistics.Carry(graph, call);
        }
        // Without running statistics those of the batch are all that there is, in evaluation too.
        long[] axes = [.. Enumerable.Range(0, call.Shape(0).Count).Where(axis => axis != 1).Select(axis => (long)axis)];
        return Affine(graph, call, Standardize(graph, call.Tensor(0), axes, call.Number(7)));
    }

    static Value Running(GraphBuilder graph, NativeCall call)
    {
        Dim channels = call.Shape(0)[1];
        return graph.Apply("BatchNormalization",
            [call.Tensor(0), call.OptionalTensor(3) ?? Fill(graph, call, channels, 1),
                call.OptionalTensor(4) ?? Fill(graph, call, channels, 0), call.Tensor(1), call.Tensor(2)],
            new Attributes { ["epsilon"] = call.Number(7) });
    }

    // (input, sizes*, length, weight, bias, eps) over the last axes.
    static Value LayerNorm(GraphBuilder graph, NativeCall call)
    {
        Value scale = call.OptionalTensor(3) ?? graph.Constant(Ones(call.Integers(1), call.Tensor(0).Type.Element));
        return LayerNorm(graph, call.Tensor(0), call.Integers(1).Length, scale, call.OptionalTensor(4), call.Number(5));
    }

    /// <summary>(x - mean) / sqrt(variance + epsilon) * scale + bias over the last <paramref name="axes"/> axes.</summary>
    public static Value LayerNorm(GraphBuilder graph, Value x, int axes, Value scale, Value? bias, double epsilon)
    {
        if (graph.Opset >= 17)
        {
            return graph.Apply("LayerNormalization", bias is null ? [x, scale] : [x, scale, bias],
                new Attributes { ["axis"] = (long)-axes, ["epsilon"] = epsilon });
        }
        Value result = graph.Mul(Standardize(graph, x, [.. Enumerable.Range(1, axes).Select(axis => (long)-axis).Order()], epsilon), scale);
        return bias is null ? result : graph.Add(result, bias);
    }

    // (input [N,C,..], groups, weight, bias, eps): standardised over each group's channels and positions.
    static Value GroupNorm(GraphBuilder graph, NativeCall call)
    {
        Value grouped = Standardize(graph, graph.Reshape(call.Tensor(0), 0, call.Integer(1), -1), [-1], call.Number(4));
        Value result = graph.ReshapeLike(call, grouped);
        long[] perChannel = [.. Enumerable.Range(1, call.Shape(0).Count - 2).Select(axis => (long)axis)]; // [C] to [C,1,..]
        result = call.OptionalTensor(2) is Value weight ? graph.Mul(result, Unsqueezed(weight)) : result;
        return call.OptionalTensor(3) is Value bias ? graph.Add(result, Unsqueezed(bias)) : result;

        Value Unsqueezed(Value vector) => perChannel.Length == 0 ? vector : graph.Unsqueeze(vector, perChannel);
    }

    // (input [N,C,..], mean, variance, weight, bias, use_input_stats, momentum, eps): each channel of each image on its own.
    static Value InstanceNorm(GraphBuilder graph, NativeCall call)
    {
        if (!call.Flag(5))
        {
            return Running(graph, call);
        }
        long[] spatial = [.. Enumerable.Range(2, call.Shape(0).Count - 2).Select(axis => (long)axis)];
        // A channel of one element is its own mean.
        return Affine(graph, call, spatial.Length == 0 ? graph.Sub(call.Tensor(0), call.Tensor(0))
            : Standardize(graph, call.Tensor(0), spatial, call.Number(7)));
    }

    // result * weight + bias for each channel of [N,C,..], with weight and bias as native arguments 3 and 4.
    static Value Affine(GraphBuilder graph, NativeCall call, Value result)
    {
        long[] perChannel = [.. Enumerable.Range(1, call.Shape(0).Count - 2).Select(axis => (long)axis)]; // [C] to [C,1,..]
        result = call.OptionalTensor(3) is Value weight ? graph.Mul(result, Unsqueezed(weight)) : result;
        return call.OptionalTensor(4) is Value bias ? graph.Add(result, Unsqueezed(bias)) : result;

        Value Unsqueezed(Value vector) => perChannel.Length == 0 ? vector : graph.Unsqueeze(vector, perChannel);
    }

    // (input [N,C,..], size, alpha, beta, k): x / (k + alpha / size * sum of squares over the nearest channels)^beta.
    static Value LocalResponseNorm(GraphBuilder graph, NativeCall call)
    {
        (Value x, long size) = (call.Tensor(0), call.Integer(1));
        // Runtimes take images alone.
        if (size % 2 == 1 && call.Shape(0).Count == 4)
        {
            return graph.Apply("LRN", [x], new Attributes
            {
                ["size"] = size,
                ["alpha"] = call.Number(2),
                ["beta"] = call.Number(3),
                ["bias"] = call.Number(4)
            });
        }
        // Of an even number, PyTorch takes one more channel below, ONNX one more above.
        long channels = call.Shape(0)[1].Size ?? throw call.Refuse("the number of channels must be fixed");
        long[] pads = new long[2 * call.Shape(0).Count];
        (pads[1], pads[call.Shape(0).Count + 1]) = (size / 2, (size - 1) / 2);
        Value squares = graph.Apply("Pad", [graph.Mul(x, x), graph.Constant(TensorData.Vector(pads))]);
        Value sum = Enumerable.Range(0, (int)size).Select(i => graph.Slice(squares, 1, i, i + channels)).Aggregate(graph.Add);
        return graph.Div(x, graph.Apply("Pow",
            [graph.Shift(graph.Scale(sum, call.Number(2) / size), call.Number(4)), graph.Scalar(call.Number(3), x)]));
    }

    // (a, b, dim, eps): a.b / (max(|a|, eps) * max(|b|, eps)), of tensors that are broadcast to each other before.
    static Value CosineSimilarity(GraphBuilder graph, NativeCall call)
    {
        long[] axis = [call.Integer(2)];
        Value a = graph.Promoted(call, 0), b = graph.Promoted(call, 1);
        if (!call.Shape(0).Equals(call.Shape(1)))
        {
            Value shape = graph.Apply("Shape", [graph.Add(a, b)]);
            (a, b) = (graph.Apply("Expand", [a, shape]), graph.Apply("Expand", [b, shape]));
        }
        return graph.Div(graph.Reduce("ReduceSum", graph.Mul(a, b), axis), graph.Mul(Length(a), Length(b)));

        Value Length(Value x) => graph.Clip(graph.Reduce("ReduceL2", x, axis), call.Number(3), null);
    }

    // (x - mean) / sqrt(variance + eps) over axes, the variance with divisor n.
    static Value Standardize(GraphBuilder graph, Value x, long[] axes, double epsilon)
    {
        Value centred = graph.Sub(x, graph.Reduce("ReduceMean", x, axes, keep: true));
        Value variance = graph.Reduce("ReduceMean", graph.Mul(centred, centred), axes, keep: true);
        return graph.Div(centred, graph.Unary("Sqrt", graph.Shift(variance, epsilon)));
    }

    // (input, p, dim, eps): x / max(|x|_p, eps).
    static Value Normalize(GraphBuilder graph, NativeCall call)
    {
        Value length = ReductionConverters.Norm(graph, call, call.Tensor(0), call.Number(1), [call.Integer(2)], keep: true);
        return graph.Div(call.Tensor(0), graph.Clip(length, call.Number(3), null));
    }

    // (input, p, training). A mask takes chance's place: 1 / (1 - p) where an element is kept, else 0.
    static Value Dropout(GraphBuilder graph, NativeCall call)
    {
        if (!call.Flag(2))
        {
            return call.Tensor(0);
        }
        if (!call.IsTraining || call.Entry.Contains("alpha", StringComparison.Ordinal))
        {
            throw call.Refuse("it drops at random, which is training; call eval()");
        }
        Value x = call.Tensor(0);
        return graph.Mul(x, graph.Input($"mask.{(call.Module == "" ? "dropout" : call.Module)}", x.Type.Element, call.Shape(0)));
    }

    static Value Fill(GraphBuilder graph, NativeCall call, Dim count, double value)
    {
        long size = count.Size ?? throw call.Refuse("the number of channels must be fixed");
        return graph.Constant(TensorData.FromDoubles([.. Enumerable.Repeat(value, (int)size)], [size], call.ResultType()));
    }

    static TensorData Ones(long[] sizes, ElementType type) =>
        TensorData.FromDoubles([.. Enumerable.Repeat(1.0, (int)sizes.Aggregate(1L, (a, b) => a * b))], sizes, type);
}
