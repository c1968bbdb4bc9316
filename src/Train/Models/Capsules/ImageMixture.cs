using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>A mixture over parts and background at each pixel of a canvas (Kosiorek et al. 2019, equations 5 to 7).</summary>
/// <param name="Pose">Maps template to canvas, [N,P,6].</param>
/// <param name="Presence">In [0,1], [N,P].</param>
/// <param name="Colour">Factor of the ink, [N,P], or [N,P,C] of colour.</param>
/// <param name="Ink">Templates, [P,T,T].</param>
/// <param name="Opacity">Mixing logits, [P,T,T].</param>
/// <param name="Background">Brightness, a scalar, or [C] of colour.</param>
/// <param name="BackgroundMixing">Mixing logit, a scalar.</param>
sealed record ImageMixture(Tensor Pose, Tensor Presence, Tensor Colour, Tensor Ink, Tensor Opacity, Tensor Background,
    Tensor BackgroundMixing)
{
    const double Floor = 1e-16; // of a presence, so that its logarithm is finite

    /// <summary>
    /// Mean over images of log p(canvas), a scalar: straightforward, every component at every pixel. The way on accelerators, and what
    /// <see cref="FusedImageLikelihood"/> is tested against.
    /// </summary>
    /// <param name="canvas">Images, [N,C,S,S].</param>
    /// <param name="deviation">Standard deviation of a pixel.</param>
    public Tensor LogLikelihood(Tensor canvas, double deviation)
    {
        (Tensor value, Tensor logit) = Components((int)canvas.shape[^1]); // [N,P+1,S,S], of colour [N,P+1,C,S,S]; [N,P+1,S,S]
        Tensor density = (IsRgb ? (canvas.unsqueeze(1) - value).square().sum(2) : (canvas - value).square())
            / (-2 * deviation * deviation); // [N,P+1,S,S]
        double constant = canvas.shape[1] * Math.Log(deviation * Math.Sqrt(2 * Math.PI));
        Tensor pixel = (logit + density).logsumexp(1) - logit.logsumexp(1) - constant; // [N,S,S]
        return pixel.sum([1, 2]).mean(); // []
    }

    /// <summary>Whether the images have colour.</summary>
    public bool IsRgb => Colour.dim() == 3;

    /// <summary>Value and mixing logit of every component at every pixel, [N,P+1,S,S] both, the value of colour [N,P+1,C,S,S]; the
    /// background is the last one.</summary>
    public (Tensor Value, Tensor Logit) Components(int side)
    {
        (Tensor ink, Tensor opacity) = TemplateWarp.Draw(Ink, Opacity, Pose, side); // [N,P,S,S] both
        Tensor value = IsRgb ? ink.unsqueeze(2) * Place(Colour) : ink * Place(Colour);
        Tensor logit = opacity + Place(Presence.clamp_min(Floor).log());
        Tensor background = zeros_like((IsRgb ? logit : value).narrow(1, 0, 1)); // [N,1,S,S]
        Tensor plain = IsRgb ? zeros_like(value.narrow(1, 0, 1)) + Background.view(1, 1, -1, 1, 1) : background + Background;
        return (cat([value, plain], 1), cat([logit, background + BackgroundMixing], 1));
    }

    static Tensor Place(Tensor perPart) => perPart.unsqueeze(-1).unsqueeze(-1); // [N,P,1,1]
}
