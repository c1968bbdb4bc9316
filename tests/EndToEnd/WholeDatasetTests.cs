using Toolchain.Data;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Tensors;

namespace Toolchain.EndToEnd;

/// <summary>Exported clusterers on all 70,000 images of MNIST: the engine's labels and ONNX Runtime's are the same.</summary>
[Trait("Category", "Slow")]
public sealed class WholeDatasetTests : CommandTest
{
    [Theory]
    [InlineData("kmeans", "clusterCount=30")]
    [InlineData("kmeans", "deslant=true", "unitLength=true", "restarts=1")]
    [InlineData("gmm", "componentCount=130")]
    [InlineData("gmm", "deslant=true", "unitLength=true", "varianceFraction=0.7")]
    [InlineData("gmm", "covariance=diagonal", "componentCount=40")]
    public void Clusterer_OnAllImages_GivesTheEnginesLabels(string method, params string[] settings)
    {
        string images = Path.Combine(Folder, "all.npy");
        NpyFile.Write(images, TensorEntry.Of<byte>(AllImages(), 70_000, 28, 28));
        (int status, string output, string error) =
            Uvl.Run(["train", method, "--quiet", "--data", images, "--out", Path.Combine(Folder, "run"),
            .. settings.SelectMany(setting => new[] { "--set", setting })]);
        Assert.True(status == 0, error);
        Assert.Contains("clusters equal on 70,000 images in ONNX Runtime", output, StringComparison.Ordinal);
    }

    static byte[] AllImages()
    {
        try
        {
            return [.. ImageSource.Open("mnist", Split.Train).Pixels, .. ImageSource.Open("mnist", Split.Test).Pixels];
        }
        catch (DatasetUnavailableException error)
        {
            Assert.Skip(error.Message);
            throw;
        }
    }
}
