using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>
/// Draws templates on canvases. A pose maps template to canvas, so a pixel of the canvas reads the template at the inverse of the pose:
/// reading at the pose itself is the mistake by which re-implementations failed.
/// </summary>
static class TemplateWarp
{
    /// <summary>Ink and opacity of each part at each pixel, bilinear, 0 outside its template.</summary>
    /// <param name="ink">[P,T,T]; the outer pixels' centres lie at -1 and 1.</param>
    /// <param name="opacity">[P,T,T].</param>
    /// <param name="pose">[N,P,6].</param>
    /// <param name="side">Side of the canvas (S); its outer pixels' centres lie at -1 and 1.</param>
    /// <returns>[N,P,S,S] both.</returns>
    public static (Tensor Ink, Tensor Opacity) Draw(Tensor ink, Tensor opacity, Tensor pose, int side)
    {
        long parts = ink.shape[0], template = ink.shape[1];
        AffinePose map = AffinePose.FromStack(pose.unsqueeze(2).unsqueeze(2)); // six of [N,P,1,1]
        Tensor centre = linspace(-1, 1, side, device: pose.device);
        Tensor dx = centre - map.X, dy = centre.unsqueeze(1) - map.Y; // [N,P,1,S], [N,P,S,1]
        Tensor scale = 1 / (map.XX * map.YY - map.XY * map.YX); // of the inverse; it is 1 / (scale x * scale y)
        Tensor grid = stack([(map.YY * dx - map.XY * dy) * scale, (map.XX * dy - map.YX * dx) * scale], -1); // [N,P,S,S,2]
        // All parts as one picture's channels cannot have a grid each, so parts join the batch.
        Tensor maps = stack([ink, opacity], 1).unsqueeze(0).expand(pose.shape[0], parts, 2, template, template); // [N,P,2,T,T]
        Tensor drawn = nn.functional.grid_sample(maps.reshape(-1, 2, template, template), grid.view(-1, side, side, 2),
            GridSampleMode.Bilinear, GridSamplePaddingMode.Zeros, align_corners: true);
        drawn = drawn.view(-1, parts, 2, side, side); // [N,P,2,S,S]
        return (drawn.select(2, 0), drawn.select(2, 1)); // [N,P,S,S] both
    }
}
