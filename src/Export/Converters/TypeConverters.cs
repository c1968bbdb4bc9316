using Toolchain.Export.Conversion;
using Toolchain.Graph;

namespace Toolchain.Export.Converters;

/// <summary>Operators that change nothing but the element type, or nothing that a graph knows.</summary>
static class TypeConverters
{
    public static IEnumerable<Converter> All =>
    [
        .. ((string[])["THSTensor_clone", "THSTensor_contiguous", "THSTensor_alias", "THSTensor_cpu",
            "THSTensor_to_device"]).Select(entry => new Converter(entry, (_, call) => call.Tensor(0))),
        // A finished model has no gradients to stop.
        new("THSTensor_detach", (graph, call) => call.IsTraining && call.Tensor(0).Type.Element.IsFloat()
            ? graph.Detach(call.Tensor(0)) : call.Tensor(0)),
        new("THSTensor_to_type", (graph, call) => graph.Promoted(call, 0)),
        new("THSTensor_to_type_and_device", (graph, call) => graph.Promoted(call, 0)),
    ];
}
