using Toolchain.Graph;

namespace Toolchain.Export.Conversion;

/// <summary>What converters may ask for beside their own call.</summary>
/// <param name="Trace">The whole trace.</param>
/// <param name="ValueOf">
/// The graph's value of a recorded tensor; null for a constant that changes with a named axis and cannot be made in the graph.
/// </param>
/// <param name="StateOf">A parameter or buffer by key.</param>
/// <param name="Packed">A constant made of weights by name, made once.</param>
/// <param name="Sizes">Sizes as values of the graph.</param>
/// <param name="Opaque">The modules that live in native code.</param>
/// <param name="KeepsNaN">Whether maxima and the like let NaN through.</param>
/// <param name="DropsNaN">Collects the calls that do not.</param>
/// <param name="IsTraining">Whether the module is traced as it trains.</param>
/// <param name="Carried">Collects what buffers hold after a step of training, by key.</param>
sealed record ConversionContext(
    MergedTrace Trace, Func<int, Value?> ValueOf, Func<string, Value> StateOf, Func<string, Func<TensorData>, Value> Packed,
    SizeValues Sizes, OpaqueModules Opaque, bool KeepsNaN, ISet<string> DropsNaN,
    bool IsTraining, IDictionary<string, Value> Carried);
