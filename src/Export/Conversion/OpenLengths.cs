using Toolchain.Export.Recording;
using Toolchain.Graph;

namespace Toolchain.Export.Conversion;

/// <summary>
/// Calls whose results are as long as values ask for, such as x[mask]. Their lengths are axes of the graph that only it knows, told from
/// fixed sizes by recordings with other values.
/// </summary>
static class OpenLengths
{
    static readonly HashSet<string> entries =
    [
        "THSTensor_masked_select", "THSTensor_nonzero", "THSTensor_argwhere", "THSTensor_where_list", "THSTensor_bincount",
        "THSTensor_unique", "THSTensor_unique_dim", "THSTensor_unique_consecutive", "THSTensor_repeat_interleave",
        "THSNN_pack_padded_sequence", "THSNN_pad_packed_sequence",
    ];

    /// <summary>Whether the size of a call's result depends on what tensors hold that follow an input.</summary>
    public static bool Has(RecordedCall call, IReadOnlyList<RecordedValue> values)
    {
        return call.Follows && (entries.Contains(call.Entry) ? call.Arguments.Skip(Deciding(call)).Any(Follows)
            : call.Entry == "THSTensor_index" && call.Arguments[4] is ArrayArgument indices
                && indices.Tensors.Any(tensor => tensor is int number && values[number].Element == ElementType.Bool && IsOpen(number)));

        bool Follows(Argument argument) => argument is TensorArgument tensor && IsOpen(tensor.Value);

        bool IsOpen(int number) => values[number].Origin is Origin.Input or Origin.Result;
    }

    // Position of the first tensor whose values decide.
    static int Deciding(RecordedCall call) => call.Entry is "THSTensor_masked_select" or "THSTensor_repeat_interleave" ? 1 : 0;
}
