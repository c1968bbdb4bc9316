using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Deploy.Pictures;

/// <summary>
/// Puts the fit of pictures in front of an encoder, in standard operators alone: from bytes [N,H,W,C] of any height and width to
/// embedding, cluster and class. What it computes is Data's PictureFit, DigitFit and Resampling; sums may add in another order, which
/// moves a number in its last bit.
/// </summary>
public static class PictureGraph
{
    /// <summary>The encoder with the fit in front.</summary>
    /// <param name="encoder">A model of the contract.</param>
    /// <param name="preprocess">How pictures become its input.</param>
    /// <param name="channels">C of the pictures: 1 grey, 3 RGB, 4 RGBA.</param>
    /// <param name="classOfCluster">Class of each cluster, [K]; null for no output <c>class</c>.</param>
    /// <returns>Input <c>picture</c> uint8 [N,H,W,C]; the encoder's outputs, <c>class</c> int64 [N] where clusters have names, and
    /// <c>fitted</c> float32 [N,C',H',W'], what the encoder got.</returns>
    /// <exception cref="ArgumentException">The number of channels is another.</exception>
    public static OnnxModel Fuse(OnnxModel encoder, Preprocess preprocess, int channels, IReadOnlyList<int>? classOfCluster)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(preprocess);
        if (channels is not (1 or 3 or 4))
        {
            throw new ArgumentException($"'{nameof(channels)}' must be 1, 3 or 4, was {channels}.", nameof(channels));
        }
        var graph = new GraphBuilder(encoder.Name, encoder.Opset);
        Value picture = graph.Input("picture", ElementType.UInt8, new Shape("N", "H", "W", channels));
        graph.Scope = "picture";
        Value image = new PictureFitGraph(graph, preprocess).Build(picture, channels);
        graph.Scope = "";
        IReadOnlyDictionary<string, Value> outputs = graph.Inline(encoder, image);
        foreach (Value output in encoder.Outputs)
        {
            graph.Output(output.Name, outputs[output.Name], output.Shape);
        }
        if (classOfCluster is not null && outputs.TryGetValue("cluster", out Value? cluster))
        {
            Value names = graph.Constant(TensorData.Vector([.. classOfCluster.Select(name => (long)name)]));
            graph.Output("class", graph.Apply("Gather", [names, cluster]), new Shape("N"));
        }
        graph.Output("fitted", image);
        return graph.Build(encoder.Metadata, encoder.Documentation);
    }
}
