using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Losses of scores [N,C,..] against classes [N,..]: (input, target, .., reduction), with reduction 0 none, 1 mean, 2 sum.
/// </summary>
static class ClassLossConverters
{
    // The class that TorchSharp ignores where it is given none.
    const long Ignored = -100;

    public static IEnumerable<Converter> All =>
    [
        // (input, target, weight, ignored class, whether there is one, reduction, smoothing)
        new("THSNN_cross_entropy", CrossEntropy),
        // (input, target, weight, reduction)
        new("THSNN_nll_loss", (graph, call) => LikelihoodOf(graph, call, call.Tensor(0), Ignored, 3, 0)),
        // (input, target, p, margin, weight, reduction)
        new("THSNN_multi_margin_loss", (graph, call) => LossConverters.Reduced(graph, Margin(graph, call), call.Integer(5))),
        // (input, target, reduction): the targets of a row end at the first -1
        new("THSNN_multilabel_margin_loss", (graph, call) => LossConverters.Reduced(graph, Labels(graph, call), call.Integer(2))),
        // (input, target, weight, reduction): the mean over the classes
        new("THSNN_multilabel_soft_margin_loss", (graph, call) => LossConverters.Reduced(graph, SoftLabels(graph, call), call.Integer(3))),
    ];

    static int ClassAxis(NativeCall call) => call.Shape(0).Count == 1 ? 0 : 1;

    static Value CrossEntropy(GraphBuilder graph, NativeCall call)
    {
        Value logits = graph.Apply("LogSoftmax", [call.Tensor(0)], new Attributes { ["axis"] = ClassAxis(call) });
        return call.Tensor(1).Type.Element.IsFloat() ? OfProbabilities(graph, call, logits)
            : LikelihoodOf(graph, call, logits, call.Flag(4) ? call.Integer(3) : Ignored, 5, call.Number(6));
    }

    // -w_y ((1 - s) log p_y + s / C * sum of log p_c w_c / w_y), and its mean weighted by w_y.
    static Value LikelihoodOf(GraphBuilder graph, NativeCall call, Value logits, long ignored, int reduction, double smoothing)
    {
        int axis = ClassAxis(call);
        Value? weight = call.OptionalTensor(2);
        Value target = graph.Cast(call.Tensor(1), ElementType.Int64), zero = graph.Scalar(0, logits);
        Value isIgnored = graph.Apply("Equal", [target, graph.Integer(ignored)]);
        Value safe = graph.Where(isIgnored, graph.Integer(0), target);
        Value picked = graph.Apply("GatherElements", [logits, graph.Unsqueeze(safe, axis)], new Attributes { ["axis"] = axis });
        Value likelihood = graph.Squeeze(picked, axis);
        Value counted = graph.Where(isIgnored, zero, weight is null ? graph.Scalar(1, logits)
            : graph.Apply("Gather", [weight, safe], new Attributes { ["axis"] = 0 }));
        Value loss = graph.Mul(likelihood, counted);
        if (smoothing != 0)
        {
            Value all = graph.Reduce("ReduceSum", weight is null ? logits : graph.Mul(logits, Along(graph, weight, logits, axis)), [axis]);
            Value classes = graph.Cast(graph.Squeeze(call.Vector(call.Sizes(0)[axis]), 0), logits.Type.Element);
            Value even = graph.Div(graph.Scale(graph.Where(isIgnored, zero, all), smoothing), classes);
            loss = graph.Add(graph.Scale(loss, 1 - smoothing), even);
        }
        loss = graph.Unary("Neg", loss);
        return call.Integer(reduction) == 1 ? graph.Div(LossConverters.Reduced(graph, loss, 2), LossConverters.Reduced(graph, counted, 2))
            : LossConverters.Reduced(graph, loss, call.Integer(reduction));
    }

    // -sum of w_c q_c log p_c over the classes; the mean is over everything else.
    static Value OfProbabilities(GraphBuilder graph, NativeCall call, Value logits)
    {
        int axis = ClassAxis(call);
        Value target = graph.Promoted(call, 1);
        if (call.Number(6) != 0)
        {
            Value classes = graph.Cast(graph.Squeeze(call.Vector(call.Sizes(0)[axis]), 0), target.Type.Element);
            target = graph.Add(graph.Scale(target, 1 - call.Number(6)), graph.Div(graph.Scalar(call.Number(6), target), classes));
        }
        Value product = graph.Mul(logits, target);
        product = call.OptionalTensor(2) is Value weight ? graph.Mul(product, Along(graph, weight, logits, axis)) : product;
        Value loss = graph.Unary("Neg", graph.Reduce("ReduceSum", product, [axis]));
        return LossConverters.Reduced(graph, loss, call.Integer(5));
    }

    // [C] to [C,1,..] behind the axis of the classes.
    static Value Along(GraphBuilder graph, Value weight, Value x, int axis)
    {
        long[] behind = [.. Enumerable.Range(1, x.Shape.Count - axis - 1).Select(i => (long)i)];
        return behind.Length == 0 ? weight : graph.Unsqueeze(weight, behind);
    }

    // sum over the other classes of w_y max(0, margin - x_y + x_c)^p, divided by the number of classes.
    static Value Margin(GraphBuilder graph, NativeCall call)
    {
        Value x = call.Shape(0).Count == 1 ? graph.Unsqueeze(call.Tensor(0), 0) : call.Tensor(0); // [N,C]
        Value target = graph.Reshape(graph.Cast(call.Tensor(1), ElementType.Int64), -1, 1); // [N,1]
        Value own = graph.Apply("GatherElements", [x, target], new Attributes { ["axis"] = 1 });
        Value gap = graph.Unary("Relu", graph.Shift(graph.Sub(x, own), call.Number(3)));
        gap = call.Integer(2) == 2 ? graph.Mul(gap, gap) : gap;
        gap = call.OptionalTensor(4) is Value weight
            ? graph.Mul(gap, graph.Apply("Gather", [weight, target], new Attributes { ["axis"] = 0 })) : gap;
        Value isOther = graph.Unary("Not", graph.Apply("Equal", [target, Classes(graph, call)]));
        Value loss = graph.Reduce("ReduceMean", graph.Where(isOther, gap, graph.Scalar(0, gap)), [1]);
        return call.Shape(0).Count == 1 ? graph.Squeeze(loss, 0) : loss;
    }

    static Value Classes(GraphBuilder graph, NativeCall call) => graph.Numbers(call, call.Sizes(0)[^1]);

    // sum over targets y and classes c that are none of max(0, 1 - x_y + x_c), divided by the number of classes.
    static Value Labels(GraphBuilder graph, NativeCall call)
    {
        Value x = call.Tensor(0), target = graph.Cast(call.Tensor(1), ElementType.Int64), zero = graph.Integer(0); // [..,C]
        Value isEnd = graph.Cast(graph.Apply("Less", [target, zero]), ElementType.Int64);
        Value isGiven = graph.Apply("Equal", [graph.Apply("CumSum", [isEnd, graph.Integer(call.Shape(0).Count - 1)]), zero]);
        Value safe = graph.Where(isGiven, target, zero);
        Value own = graph.Apply("GatherElements", [x, safe], new Attributes { ["axis"] = -1 });
        Value hits = graph.Apply("And",
            [graph.Unsqueeze(isGiven, -1), graph.Apply("Equal", [graph.Unsqueeze(safe, -1), Classes(graph, call)])]); // [..,target,class]
        Value isTarget = graph.Reduce("ReduceMax", graph.Cast(hits, ElementType.Int32), [-2], keep: true); // [..,1,class]
        Value gap = graph.Unary("Relu", graph.Shift(graph.Sub(graph.Unsqueeze(x, -2), graph.Unsqueeze(own, -1)), 1));
        Value counts = graph.Apply("And", [graph.Unsqueeze(isGiven, -1), graph.Unary("Not", graph.Cast(isTarget, ElementType.Bool))]);
        Value sum = graph.Reduce("ReduceSum", graph.Where(counts, gap, graph.Scalar(0, gap)), [-2, -1]);
        Value classes = graph.Cast(graph.Squeeze(call.Vector(call.Sizes(0)[^1]), 0), sum.Type.Element);
        return graph.Div(sum, classes);
    }

    // -(y log sigmoid(x) + (1 - y) log sigmoid(-x))
    static Value SoftLabels(GraphBuilder graph, NativeCall call)
    {
        Value x = call.Tensor(0), y = graph.Promoted(call, 1);
        Value yes = graph.Mul(y, LossConverters.LogSigmoid(graph, x));
        Value no = graph.Mul(graph.Sub(graph.Scalar(1, x), y), LossConverters.LogSigmoid(graph, graph.Unary("Neg", x)));
        Value loss = graph.Unary("Neg", graph.Add(yes, no));
        return graph.Reduce("ReduceMean", call.OptionalTensor(2) is Value weight ? graph.Mul(loss, weight) : loss, [-1]);
    }
}
