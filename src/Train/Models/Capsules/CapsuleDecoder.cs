using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>Images drawn from parts.</summary>
/// <param name="Image">Mean of the mixture at each pixel, [N,C,S,S].</param>
/// <param name="Part">Each part alone in its colour, where it would be drawn, [N,P,S,S], of colour [N,P,C,S,S].</param>
sealed record CapsuleDrawing(Tensor Image, Tensor Part);

/// <summary>
/// The way back, exported beside the encoder: with the poses that the encoder sees it draws what the parts explain, with the poses that
/// objects expect (<see cref="CapsuleOutput.Vote"/>) what the objects explain.
/// </summary>
sealed class CapsuleDecoder : nn.Module<Tensor, Tensor, Tensor, CapsuleDrawing>
{
    readonly Templates templates;
    readonly int side;

    /// <summary>A decoder with those templates, which it shares, onto canvases of that side.</summary>
    public CapsuleDecoder(Templates templates, int side) : base(nameof(CapsuleDecoder))
    {
        (this.templates, this.side) = (templates, side);
        RegisterComponents();
    }

    /// <summary>Draws parts with poses [N,P,6], presences [N,P] and features [N,P,F].</summary>
    public override CapsuleDrawing forward(Tensor pose, Tensor presence, Tensor feature)
    {
        ImageMixture mixture = templates.Mixture(new PartCapsules(pose, presence, presence, feature));
        (Tensor value, Tensor logit) = mixture.Components(side); // [N,P+1,S,S], of colour [N,P+1,C,S,S]; [N,P+1,S,S]
        Tensor drawn = mixture.IsRgb ? (value * logit.softmax(1).unsqueeze(2)).sum(1)
            : (value * logit.softmax(1)).sum(1, keepdim: true); // [N,C,S,S]
        return new CapsuleDrawing(drawn, value.narrow(1, 0, value.shape[1] - 1)); // [N,P,S,S] or [N,P,C,S,S]
    }
}
