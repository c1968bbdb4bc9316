using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>Runs a module once and records what it does.</summary>
static class Recorder
{
    // One recording at a time: the hook in TorchSharp.dll is one field for the whole process, and hooks on a shared module are anyone's.
    static readonly Lock gate = new();

    /// <summary>Records <paramref name="module"/> on <paramref name="inputs"/>, without gradients.</summary>
    /// <param name="module">The module.</param>
    /// <param name="names">Names of the inputs that are given.</param>
    /// <param name="inputs">The inputs; null where an optional one is left out.</param>
    /// <param name="keepsContents">Whether the content of every result is kept, for a comparison.</param>
    public static RecordedRun Run(torch.nn.Module module, IReadOnlyList<string> names, IReadOnlyList<torch.Tensor?> inputs,
        bool keepsContents = false)
    {
        lock (gate)
        {
            using var scope = torch.NewDisposeScope();
            using var noGradients = torch.no_grad();
            var state = new ModuleState(module);
            using var paths = new ModulePaths(state);
            using var recorder = new NativeRecorder(() => paths.Current, keepsContents);
            recorder.AddState(state);
            foreach ((string name, torch.Tensor tensor) in names.Zip(inputs.OfType<torch.Tensor>()))
            {
                recorder.AddInput(name, tensor);
            }
            return recorder.Finish(ModuleCall.Run(module, inputs));
        }
    }
}
