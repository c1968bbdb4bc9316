using Toolchain.Data;

namespace Toolchain.Train.Runs;

/// <summary>A second model beside an encoder, such as a generator.</summary>
/// <param name="Name">Its file beside <c>model.onnx</c>, without the ending.</param>
/// <param name="Model">The ONNX model, with its metadata, proven but not yet written.</param>
sealed record TrainedDecoder(string Name, Graph.OnnxModel Model)
{
    /// <summary>Its file beside the model at <paramref name="model"/>.</summary>
    public string FileBeside(string model) => RunLayout.Beside(model, $"{Name}.onnx");
}
