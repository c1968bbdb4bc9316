using Toolchain.Export.Conversion;
using Toolchain.Graph;

namespace Toolchain.Export.Converters;

/// <summary>Losses: (input, target, .., reduction), with reduction 0 none, 1 mean, 2 sum.</summary>
static class LossConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSNN_mse_loss", (graph, call) => Reduced(graph, call, Squared(graph, Difference(graph, call)), 2)),
        new("THSNN_l1_loss", (graph, call) => Reduced(graph, call, graph.Unary("Abs", Difference(graph, call)), 2)),
        // (input, target, reduction, beta), (input, target, delta, reduction)
        new("THSNN_smooth_l1_loss", (graph, call) =>
            Reduced(graph, call, Smooth(graph, Difference(graph, call), call.Number(3), 1 / call.Number(3)), 2)),
        new("THSNN_huber_loss", (graph, call) => Reduced(graph, call, Smooth(graph, Difference(graph, call), call.Number(2), 1), 3)),
        // (input [N,C,..], target [N,..], weight, ignored index, whether there is one, reduction, smoothing)
        new("THSNN_cross_entropy", CrossEntropy),
    ];

    static Value Difference(GraphBuilder graph, NativeCall call) => graph.Sub(call.Tensor(0), call.Tensor(1));

    static Value Squared(GraphBuilder graph, Value x) => graph.Mul(x, x);

    // factor * (d^2 / 2 below the bend, bend * (|d| - bend / 2) above)
    static Value Smooth(GraphBuilder graph, Value difference, double bend, double factor)
    {
        Value distance = graph.Unary("Abs", difference), isNear = graph.Apply("Less", [distance, graph.Scalar(bend, distance)]);
        Value loss = graph.Where(isNear, graph.Scale(Squared(graph, difference), 0.5), graph.Scale(graph.Shift(distance, -bend / 2), bend));
        return graph.Scale(loss, factor);
    }

    static Value CrossEntropy(GraphBuilder graph, NativeCall call)
    {
        bool isPlain = !call.IsGiven(2) && !(call.Flag(4) && call.Integer(3) >= 0) && call.Number(6) == 0
            && call.Tensor(1).Type.Element == ElementType.Int64;
        if (!isPlain || call.Shape(0).Count < 2)
        {
            throw call.Refuse("only class indices without weights, ignored index and smoothing have a mapping");
        }
        Value logits = graph.Apply("LogSoftmax", [call.Tensor(0)], new Attributes { ["axis"] = 1 });
        Value picked = graph.Apply("GatherElements", [logits, graph.Unsqueeze(call.Tensor(1), 1)], new Attributes { ["axis"] = 1 });
        return Reduced(graph, call, graph.Unary("Neg", graph.Squeeze(picked, 1)), 5);
    }

    static Value Reduced(GraphBuilder graph, NativeCall call, Value loss, int reduction)
    {
        long[] axes = [.. Enumerable.Range(0, loss.Shape.Count).Select(axis => (long)axis)];
        return call.Integer(reduction) switch
        {
            0 => loss,
            1 => graph.Reduce("ReduceMean", loss, axes),
            _ =>
            graph.Reduce("ReduceSum", loss, axes)
        };
    }
}
