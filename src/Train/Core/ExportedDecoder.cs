using static TorchSharp.torch;

namespace Toolchain.Train.Core;

/// <summary>
/// A system's way back from what it knows to images, such as a generator: exported as a file of its own beside the encoder.
/// </summary>
/// <param name="Name">What it is, and its file: "generator" becomes <c>generator.onnx</c>.</param>
/// <param name="Module">From <paramref name="Inputs"/> to <paramref name="Outputs"/>.</param>
/// <param name="Inputs">
/// An example of each argument of its <c>forward</c>, at least two rows; the first axis is the batch, the others have the example's sizes.
/// The range of its values is the range in which parity is shown.
/// </param>
/// <param name="Outputs">Names of its results, in order.</param>
sealed record ExportedDecoder(string Name, nn.Module Module, IReadOnlyList<DecoderInput> Inputs, IReadOnlyList<string> Outputs);

/// <summary>An input of a decoder.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Example">Values like those that it will be given, [N,...].</param>
sealed record DecoderInput(string Name, Tensor Example);
