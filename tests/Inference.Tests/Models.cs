using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Heads;

namespace Toolchain.Inference.Tests;

/// <summary>Small models of the contract, and broken ones.</summary>
static class Models
{
    /// <summary>image [N,1,28,28] - flatten - linear - embedding [N,5].</summary>
    public static GraphBuilder Encoder(string input = "image", ElementType type = ElementType.Float32, Shape? shape = null,
        string output = "embedding")
    {
        var graph = new GraphBuilder("encoder");
        graph.Output(output, Linear(graph, graph.Input(input, type, shape ?? new Shape("N", 1, 28, 28))));
        return graph;
    }

    /// <summary>The same with k-means of three centres behind it: embedding, probability and cluster.</summary>
    public static GraphBuilder Clusterer()
    {
        var graph = new GraphBuilder("clusterer");
        Value embedding = Linear(graph, graph.Input("image", ElementType.Float32, new Shape("N", 1, 28, 28)));
        var random = new RandomStream(2, "centres");
        var centres = new double[3, 5];
        for (int i = 0; i < centres.Length; i++)
        {
            centres[i / 5, i % 5] = random.NextNormal();
        }
        (Value probability, Value cluster) = ClusterHead.KMeans(graph, embedding, centres, 1);
        graph.Output("embedding", embedding);
        graph.Output("probability", probability);
        graph.Output("cluster", cluster);
        return graph;
    }

    /// <summary>Digits as the tensor that the evaluator takes.</summary>
    public static Dictionary<string, TensorData> Input(ImageSet digits) => new()
    {
        ["image"] = TensorData.Of([.. digits.Pixels.Select(value => value / 255f)], digits.Count, 1, 28, 28),
    };

    static Value Linear(GraphBuilder graph, Value image)
    {
        Value flat = graph.Flatten(graph.Cast(image, ElementType.Float32));
        int width = (int)flat.Type.Shape[1].Size!.Value;
        var random = new RandomStream(1, "weights");
        var weights = new float[5 * width];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (float)random.NextNormal() / 10;
        }
        return graph.Gemm(flat, graph.Initializer("weight", TensorData.Of(weights, 5, width)),
            graph.Initializer("bias", TensorData.Of([.1f, .2f, .3f, .4f, .5f], 5)), transB: true);
    }
}
