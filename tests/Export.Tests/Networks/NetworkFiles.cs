using Toolchain.Data.Npy;
using Toolchain.Data.Tensors;
using Toolchain.Export.Recording;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests.Networks;

/// <summary>Writes each network with an input and what TorchSharp says to it, for runtimes outside of .NET (tests/CrossCheck).</summary>
public sealed class NetworkFiles
{
    // Set by tests/CrossCheck/run.sh; otherwise a temporary folder.
    const string FolderVariable = "UVL_NETWORKS";
    const int Batch = 3;

    [Fact]
    public void Save_EveryNetwork_LeavesModelInputsAndOutputs()
    {
        using var temporary = new TemporaryFolder();
        string folder = Environment.GetEnvironmentVariable(FolderVariable) ?? temporary.Root;
        foreach (NetworkModels.Network network in NetworkModels.All)
        {
            Write(network, Path.Combine(folder, network.Name));

            OnnxModel model = OnnxFile.Load(Path.Combine(folder, network.Name, "model.onnx"));
            Assert.Equal(
                ["model.onnx", .. model.Inputs.Select(input => $"in.{input.Name}.npy"),
                .. model.Outputs.Select(output => $"out.{output.Name}.npy")],
                Directory.GetFiles(Path.Combine(folder, network.Name)).Select(Path.GetFileName)
                    .OrderBy(name => name == "model.onnx" ? "" : name, StringComparer.Ordinal));
        }
    }

    static void Write(NetworkModels.Network network, string folder)
    {
        Directory.CreateDirectory(folder);
        TracedModel traced = network.Trace(keepNaN: false); // OpenCV 4.6 has no IsNaN
        _ = traced.Save(Path.Combine(folder, "model.onnx"));
        IReadOnlyList<TensorData> inputs = traced.Traced.Inputs
            .At([.. traced.Traced.Inputs.AxisSizes.Select(axis => axis.Base(0, Batch))]);
        using var noGradients = no_grad();
        IReadOnlyList<Tensor> outputs = ModuleCall.Run(traced.Traced.Module, [.. inputs.Select(input => NativeTensor.Make(input, CPU))]);
        Write(folder, "in", traced.Traced.Inputs.Names.Zip(inputs));
        Write(folder, "out", traced.Traced.OutputNames.Zip(outputs.Select(NativeTensor.Read)));
    }

    static void Write(string folder, string kind, IEnumerable<(string Name, TensorData Tensor)> tensors)
    {
        foreach ((string name, TensorData tensor) in tensors)
        {
            TensorKind element = tensor.Type == ElementType.Int64 ? TensorKind.Int64 : TensorKind.Float32;
            NpyFile.Write(Path.Combine(folder, $"{kind}.{name}.npy"), new TensorEntry(element, [.. tensor.Sizes], tensor.Bytes));
        }
    }
}
