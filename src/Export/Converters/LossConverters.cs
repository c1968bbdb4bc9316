using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>Losses of pairs of tensors: (input, target, .., reduction), with reduction 0 none, 1 mean, 2 sum.</summary>
static class LossConverters
{
    public static IEnumerable<Converter> All =>
    [
        Of("THSNN_mse_loss", 2, (graph, call) => Squared(graph, Difference(graph, call))),
        Of("THSNN_l1_loss", 2, (graph, call) => graph.Unary("Abs", Difference(graph, call))),
        // (input, target, reduction, beta), (input, target, delta, reduction)
        Of("THSNN_smooth_l1_loss", 2, (graph, call) => call.Number(3) == 0 ? graph.Unary("Abs", Difference(graph, call))
            : Smooth(graph, Difference(graph, call), call.Number(3), 1 / call.Number(3))),
        Of("THSNN_huber_loss", 3, (graph, call) => Smooth(graph, Difference(graph, call), call.Number(2), 1)),
        // (input, target, weight, reduction), and behind it the weight of positive targets
        Of("THSNN_binary_cross_entropy", 3, (graph, call) => Weighted(graph, call, BinaryCrossEntropy(graph, call))),
        Of("THSNN_binary_cross_entropy_with_logits", 3, (graph, call) => Weighted(graph, call, WithLogits(graph, call))),
        // (input, target, reduction, whether the target is a logarithm)
        new("THSNN_kl_div_loss", (graph, call) => Reduced(graph, Divergence(graph, call), call.Integer(2))),
        // (input, target, whether the input is a logarithm, full, epsilon, reduction)
        Of("THSNN_poisson_loss", 5, Poisson),
        // log(1 + e^(-y x))
        Of("THSNN_soft_margin_loss", 2, (graph, call) =>
            graph.Unary("Softplus", graph.Unary("Neg", graph.Mul(graph.Promoted(call, 0), graph.Promoted(call, 1))))),
        // (input, target, margin, reduction)
        Of("THSNN_hinge_embedding_loss", 3, Hinge),
        // (a, b, target, margin, reduction): max(0, margin - y (a - b))
        Of("THSNN_margin_ranking_loss", 4, (graph, call) => graph.Unary("Relu", graph.Shift(
            graph.Mul(graph.Unary("Neg", graph.Promoted(call, 2)), Difference(graph, call)), call.Number(3)))),
        Of("THSNN_cosine_embedding_loss", 4, Cosine),
        // (anchor, positive, negative, margin, p, epsilon, swap, reduction)
        Of("THSNN_triplet_margin_loss", 7, Triplet),
    ];

    static Converter Of(string entry, int reduction, Func<GraphBuilder, NativeCall, Value> loss) =>
        new(entry, (graph, call) => Reduced(graph, loss(graph, call), call.Integer(reduction)));

    static Value Difference(GraphBuilder graph, NativeCall call) => graph.Sub(graph.Promoted(call, 0), graph.Promoted(call, 1));

    static Value Squared(GraphBuilder graph, Value x) => graph.Mul(x, x);

    // factor * (d^2 / 2 below the bend, bend * (|d| - bend / 2) above)
    static Value Smooth(GraphBuilder graph, Value difference, double bend, double factor)
    {
        Value distance = graph.Unary("Abs", difference), isNear = graph.Apply("Less", [distance, graph.Scalar(bend, distance)]);
        Value far = graph.Scale(graph.Shift(distance, -bend / 2), bend);
        return graph.Scale(graph.Where(isNear, graph.Scale(Squared(graph, difference), 0.5), far), factor);
    }

    // -(y log x + (1 - y) log(1 - x)), the logarithms not below -100.
    static Value BinaryCrossEntropy(GraphBuilder graph, NativeCall call)
    {
        Value x = call.Tensor(0), y = graph.Promoted(call, 1), one = graph.Scalar(1, x);
        Value yes = graph.Mul(y, Log(x)), no = graph.Mul(graph.Sub(one, y), Log(graph.Sub(one, x)));
        return graph.Unary("Neg", graph.Add(yes, no));

        Value Log(Value value) => graph.Clip(graph.Unary("Log", value), -100, null);
    }

    // (1 - y) x - (1 + (p - 1) y) log sigmoid(x)
    static Value WithLogits(GraphBuilder graph, NativeCall call)
    {
        Value x = call.Tensor(0), y = graph.Promoted(call, 1), no = graph.Mul(graph.Sub(graph.Scalar(1, x), y), x),
            yes = LogSigmoid(graph, x);
        return graph.Sub(no, call.OptionalTensor(4) is Value positive
            ? graph.Mul(graph.Shift(graph.Mul(graph.Shift(positive, -1), y), 1), yes) : yes);
    }

    /// <summary>log(1 / (1 + e^-x))</summary>
    public static Value LogSigmoid(GraphBuilder graph, Value x) => graph.Unary("Neg", graph.Unary("Softplus", graph.Unary("Neg", x)));

    static Value Weighted(GraphBuilder graph, NativeCall call, Value loss) =>
        call.OptionalTensor(2) is Value weight ? graph.Mul(loss, weight) : loss;

    // y (log y - x), of logarithms e^y (y - x)
    static Value Divergence(GraphBuilder graph, NativeCall call)
    {
        Value x = graph.Promoted(call, 0), y = graph.Promoted(call, 1);
        return call.Flag(3) ? graph.Mul(graph.Unary("Exp", y), graph.Sub(y, x))
            : graph.Sub(MathConverters.XLogY(graph, y, y), graph.Mul(y, x));
    }

    // e^x - y x, or x - y log(x + epsilon); full: + y log y - y + log(2 pi y) / 2 where y > 1
    static Value Poisson(GraphBuilder graph, NativeCall call)
    {
        Value x = graph.Promoted(call, 0), y = graph.Promoted(call, 1);
        Value loss = call.Flag(2) ? graph.Sub(graph.Unary("Exp", x), graph.Mul(y, x))
            : graph.Sub(x, graph.Mul(y, graph.Unary("Log", graph.Shift(x, call.Number(4)))));
        if (!call.Flag(3))
        {
            return loss;
        }
        Value isLarge = graph.Apply("Greater", [y, graph.Scalar(1, y)]), safe = graph.Where(isLarge, y, graph.Scalar(1, y));
        Value half = graph.Scale(graph.Unary("Log", graph.Scale(safe, 2 * Math.PI)), 0.5);
        Value stirling = graph.Add(graph.Sub(graph.Mul(safe, graph.Unary("Log", safe)), safe), half);
        return graph.Add(loss, graph.Where(isLarge, stirling, graph.Scalar(0, y)));
    }

    // x where y is not -1, and max(0, margin - x) where y is not 1.
    static Value Hinge(GraphBuilder graph, NativeCall call)
    {
        Value x = graph.Promoted(call, 0), y = graph.Promoted(call, 1), zero = graph.Scalar(0, x);
        Value far = graph.Unary("Relu", graph.Shift(graph.Unary("Neg", x), call.Number(2)));
        return graph.Add(graph.Where(Is(graph, y, 1), zero, far), graph.Where(Is(graph, y, -1), zero, x));
    }

    static Value Is(GraphBuilder graph, Value x, double value) => graph.Apply("Equal", [x, graph.Scalar(value, x)]);

    // (a, b, target, margin): 1 - cos where y is 1, max(0, cos - margin) where y is -1.
    static Value Cosine(GraphBuilder graph, NativeCall call)
    {
        Value a = graph.Promoted(call, 0), b = graph.Promoted(call, 1), y = call.Tensor(2), zero = graph.Scalar(0, a);
        Value lengths = graph.Mul(graph.Shift(Dot(a, a), 1e-12), graph.Shift(Dot(b, b), 1e-12));
        Value cosine = graph.Div(Dot(a, b), graph.Unary("Sqrt", lengths));
        Value near = graph.Sub(graph.Scalar(1, a), cosine), far = graph.Unary("Relu", graph.Shift(cosine, -call.Number(3)));
        return graph.Add(graph.Where(Is(graph, y, 1), near, zero), graph.Where(Is(graph, y, -1), far, zero));

        Value Dot(Value left, Value right) => graph.Reduce("ReduceSum", graph.Mul(left, right), [-1]);
    }

    // max(0, margin + d(a, p) - d(a, n)); swapped, the smaller of d(a, n) and d(p, n) counts.
    static Value Triplet(GraphBuilder graph, NativeCall call)
    {
        Value anchor = graph.Promoted(call, 0), positive = graph.Promoted(call, 1), negative = graph.Promoted(call, 2);
        Value far = Distance(anchor, negative);
        far = call.Flag(6) ? graph.Apply("Min", [far, Distance(positive, negative)]) : far;
        return graph.Unary("Relu", graph.Shift(graph.Sub(Distance(anchor, positive), far), call.Number(3)));

        Value Distance(Value a, Value b) =>
            ReductionConverters.Norm(graph, call, graph.Shift(graph.Sub(a, b), call.Number(5)), call.Integer(4), [-1], keep: false);
    }

    /// <summary>A loss of single elements as it is (0), or its mean (1) or sum (2) over all of them.</summary>
    public static Value Reduced(GraphBuilder graph, Value loss, long reduction)
    {
        long[] axes = [.. Enumerable.Range(0, loss.Shape.Count).Select(axis => (long)axis)];
        return reduction == 0 ? loss : graph.Reduce(reduction == 1 ? "ReduceMean" : "ReduceSum", loss, axes);
    }
}
