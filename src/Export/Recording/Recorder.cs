using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>Runs a module once and records what it does.</summary>
static class Recorder
{
    /// <summary>Records <paramref name="module"/> on <paramref name="inputs"/>, without gradients.</summary>
    public static Recording Run(torch.nn.Module module, IReadOnlyList<string> names, IReadOnlyList<torch.Tensor> inputs)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        using var paths = new ModulePaths(module);
        IReadOnlyList<KeyValuePair<string, torch.Tensor>> state = [.. module.state_dict()];
        using var recorder = new NativeRecorder(() => paths.Current);
        foreach ((string key, torch.Tensor tensor) in state)
        {
            recorder.AddState(key, tensor);
        }
        foreach ((string name, torch.Tensor tensor) in names.Zip(inputs))
        {
            recorder.AddInput(name, tensor);
        }
        return recorder.Finish(ModuleCall.Run(module, inputs));
    }
}
