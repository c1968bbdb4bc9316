using Toolchain.Export.Recording;
using Toolchain.Graph;

namespace Toolchain.Export.Conversion;

/// <summary>Buffers that a step of training changes.</summary>
public sealed partial class NativeCall
{
    /// <summary>Whether the module is traced as it trains.</summary>
    internal bool IsTraining => context.IsTraining;

    /// <summary>A buffer as it is at this call: as loaded, or as an earlier call of this step left it.</summary>
    internal Value Buffer(int argument) => context.Carried.TryGetValue(BufferName(argument), out Value? value) ? value : Tensor(argument);

    /// <summary>Sets what a buffer holds after this call.</summary>
    internal void Carry(int argument, Value next) => context.Carried[BufferName(argument)] = next;

    string BufferName(int argument) => trace.Values[TensorNumber(argument)] is { Origin: Origin.State } state ? state.Name
        : throw Refuse("it writes to a tensor that is no buffer of the module");
}
