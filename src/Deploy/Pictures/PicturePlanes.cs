using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Deploy.Pictures;

/// <summary>Planes of pictures in grey or colour: luma of ITU-R BT.601; what is transparent becomes the opposite of the ink.</summary>
/// <param name="graph">Gets the nodes.</param>
/// <param name="bytes">Pictures [N,H,W,C], float64 in [0..255].</param>
/// <param name="channels">C: 1, 3 or 4.</param>
sealed class PicturePlanes(GraphBuilder graph, Term bytes, int channels)
{
    /// <summary>The planes [N,H,W] of grey (1) or of colour (3).</summary>
    public Term[] Of(int count)
    {
        Term[] given = [.. Enumerable.Range(0, Math.Min(channels, 3)).Select(Channel)];
        Term grey = given.Length == 1 ? given[0] : ((given[0] * 299 + given[1] * 587 + given[2] * 114 + 500) / 1000).Apply("Floor");
        Term[] planes = [.. Enumerable.Range(0, count).Select(plane => count == 1 ? grey : given[plane % given.Length])];
        if (channels < 4)
        {
            return planes;
        }
        Term alpha = Channel(3), ink = (grey * alpha).Reduce("ReduceSum", 1, 2), cover = alpha.Reduce("ReduceSum", 1, 2);
        Term backdrop = (1 - ink.Is("Greater", cover * 127)) * 255;
        return [.. planes.Select(plane => ((plane * alpha + backdrop * (255 - alpha) + 127) / 255).Apply("Floor"))];
    }

    Term Channel(int index) => new(graph, graph.Apply("Gather",
        [bytes.Value, graph.Constant(TensorData.Scalar(index, ElementType.Int64))], new Attributes { ["axis"] = 3 }));
}
