using Toolchain.Data;
using Toolchain.Train.Models.Refine;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models;

public sealed class ClusterNetTests
{
    // Three clusters of ten embeddings, each around another axis; the fresh layer knows none of them.
    [Fact]
    public void FitHead_ClustersApart_NamesEachAsItsCluster()
    {
        manual_seed(1);
        using var net = new ClusterNet(new RefineOptions { From = "none", ClusterCount = 3 }, ImageShape.Mnist);
        var head = (Linear)net.named_children().Single(child => child.name == "head").module;
        using Tensor cluster = arange(30).remainder(3);
        using Tensor embedding = nn.functional.one_hot(cluster, ClusterNet.EmbeddingSize).to(float32) * 2 + rand(30, 64) * 0.5;
        Assert.NotEqual(1, Right());
        net.FitHead(embedding, cluster);
        Assert.Equal(1, Right());

        float Right() => head.call(embedding).argmax(1).eq(cluster).to(float32).mean().item<float>();
    }
}
