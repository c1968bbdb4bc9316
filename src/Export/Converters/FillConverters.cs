using Toolchain.Export.Conversion;
using Toolchain.Graph;

namespace Toolchain.Export.Converters;

/// <summary>Tensors of one value in the shape of another tensor, and one-hot vectors.</summary>
static class FillConverters
{
    public static IEnumerable<Converter> All =>
    [
        new("THSTensor_zeros_like", (graph, call) => Fill(graph, call, 0)),
        new("THSTensor_ones_like", (graph, call) => Fill(graph, call, 1)),
        new("THSTensor_full_like", (graph, call) => Fill(graph, call, call.Scalar(1))),
        new("THSNN_one_hot", OneHot),
    ];

    static Value Fill(GraphBuilder graph, NativeCall call, double value) => graph.Apply(
        "ConstantOfShape", [graph.Apply("Shape", [call.Tensor(0)])], new Attributes { ["value"] = TensorData.FromDoubles([value], [1], call.ResultType()) });

    // indices [..] to [..,K]: index = 0, 1, .., K-1
    static Value OneHot(GraphBuilder graph, NativeCall call)
    {
        long count = call.Integer(1) > 0 ? call.Integer(1) : throw call.Refuse("'num_classes' must be given, or the result's size depends on values");
        Value numbers = graph.Constant(TensorData.Vector([.. Enumerable.Range(0, (int)count).Select(number => (long)number)]));
        return graph.Cast(graph.Apply("Equal", [graph.Unsqueeze(call.Tensor(0), -1), numbers]), ElementType.Int64);
    }
}
