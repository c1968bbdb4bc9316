using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// What batch normalisation keeps for evaluation: running = (1 - momentum) running + momentum of the batch, of the mean and of the variance
/// with one degree of freedom less than there are elements, as PyTorch has it (ONNX's own training form takes the other variance).
/// </summary>
static class RunningStatistics
{
    // (input, mean, variance, weight, bias, training, momentum, eps)
    public static void Carry(GraphBuilder graph, NativeCall call)
    {
        Value x = call.Tensor(0);
        long[] axes = [.. Enumerable.Range(0, call.Shape(0).Count).Where(axis => axis != 1).Select(axis => (long)axis)];
        double momentum = call.Number(6);
        Term mean = new(graph, graph.Reduce("ReduceMean", x, axes, keep: true)), centred = new Term(graph, x) - mean;
        Term squares = new(graph, graph.Reduce("ReduceSumSquare", centred, axes)), flat = new(graph, graph.Squeeze(mean, axes));
        Term elements = new Term(graph, graph.Apply("Size", [x])).Cast(x.Type.Element),
            channels = new Term(graph, graph.Apply("Size", [flat])).Cast(x.Type.Element);
        Update(1, flat);
        Update(2, squares / (elements / channels - 1));

        void Update(int argument, Term batch) =>
            call.Carry(argument, new Term(graph, call.Buffer(argument)) * (1 - momentum) + batch * momentum);
    }
}
