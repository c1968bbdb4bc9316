using Toolchain.EndToEnd.Torture;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;

[assembly: AssemblyFixture(typeof(TortureSource))]

namespace Toolchain.EndToEnd.Torture;

/// <summary>What the commands of the campaign read, made when a test first asks for it: a small encoder and a finished run.</summary>
public sealed class TortureSource : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly Lazy<string> model, run;

    /// <summary>Makes nothing yet.</summary>
    public TortureSource() => (model, run) = (new(MakeModel), new(MakeRun));

    /// <summary>The file of the encoder: one layer from an image to 8 numbers.</summary>
    public string Model => model.Value;

    /// <summary>The folder of the run: a few steps of an autoencoder.</summary>
    public string Run => run.Value;

    /// <summary>Deletes both.</summary>
    public void Dispose() => folder.Dispose();

    string MakeModel()
    {
        var graph = new GraphBuilder("encoder");
        Value x = graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28));
        float[] weights = [.. Enumerable.Range(0, 8 * 784).Select(i => i * 2654435761 % 97 / 97f - 0.5f)];
        graph.Output("embedding", graph.Gemm(graph.Flatten(x), graph.Initializer("w", TensorData.Of(weights, 8, 784)), transB: true));
        graph.Build().Save(folder["model.onnx"]);
        return folder["model.onnx"];
    }

    string MakeRun()
    {
        (int status, _, string error) = Uvl.Run([.. TortureVerb.Training(20), "--out", folder["run"]]);
        Assert.True(status == 0, error);
        return folder["run"];
    }
}
