using Toolchain.Graph;
using Toolchain.Graph.Passes;
using Toolchain.Graph.Training;
using TorchSharp;

namespace Toolchain.Export.Tracing;

/// <summary>Modules as they train.</summary>
public static partial class OnnxExport
{
    /// <summary>
    /// Traces <paramref name="module"/> as it trains: batch normalisation takes the statistics of the batch, and what its running ones are
    /// after the step is an output called <see cref="TrainingGraph.Next"/> of each; dropout multiplies by an input called "mask." and the
    /// module's path, 0 where an element is dropped and 1 / (1 - p) elsewhere. <c>detach()</c> stops gradients; <c>torch.no_grad()</c>
    /// inside <c>forward</c> is not seen and stops none.
    /// </summary>
    /// <param name="module">A module in training mode.</param>
    /// <param name="example">An input with values like those of real data; its first axis is the batch.</param>
    /// <param name="options">Names, opset; null for the defaults. Weights keep their names: only passes that leave them apply.</param>
    /// <exception cref="ExportException">
    /// The module is in evaluation mode, or something in it cannot be expressed; the message lists everything.
    /// </exception>
    public static TracedTraining TraceTraining(torch.nn.Module module, torch.Tensor example, OnnxExportOptions? options = null) =>
        TraceTraining(module, [example ?? throw new ArgumentNullException(nameof(example))], options);

    /// <summary>The same for any number of inputs.</summary>
    /// <param name="module">A module in training mode.</param>
    /// <param name="examples">As for <see cref="Trace(torch.nn.Module, IReadOnlyList{torch.Tensor?}, OnnxExportOptions?)"/>.</param>
    /// <param name="options">Names, opset; null for the defaults.</param>
    /// <exception cref="ExportException">As for the one with one input.</exception>
    public static TracedTraining TraceTraining(torch.nn.Module module, IReadOnlyList<torch.Tensor?> examples,
        OnnxExportOptions? options = null)
    {
        OnnxModel model = Trace(module, examples, (options ?? new OnnxExportOptions()) with
        {
            Training = true,
            Passes = GraphPasses.DeadNodes | GraphPasses.Identities | GraphPasses.Duplicates,
        }).Model;
        HashSet<string> held = [.. model.Initializers.Select(pair => pair.Key)];
        return new TracedTraining(model, [.. module.named_parameters().Where(pair =>
            pair.parameter.requires_grad && held.Contains(pair.name))
            .Select(pair => pair.name)]);
    }
}
