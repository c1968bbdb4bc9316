using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>
/// What parts look like: a template of ink and one of opacity each, a colour from the part's feature, and a plain background (Kosiorek et
/// al. 2019, section 2.2 and equation 6).
/// </summary>
sealed class Templates : nn.Module<Tensor, Tensor>
{
    readonly Parameter ink, opacity; // [P,T,T]
    readonly Parameter backgroundLogit, backgroundMixing; // []
    readonly Linear hidden, colour;

    /// <summary>Templates orthogonal to each other, in random directions, without opacity.</summary>
    public Templates(CapsulesOptions options) : base(nameof(Templates))
    {
        long side = options.TemplateSide, pixels = side * side;
        Tensor rows = linalg.qr(rand(pixels, pixels)).Q.narrow(0, 0, options.PartCount); // [P,T*T]
        ink = nn.Parameter(((rows - rows.min()) / (rows.max() - rows.min())).contiguous().view(-1, side, side));
        opacity = nn.Parameter(zeros(options.PartCount, side, side));
        backgroundLogit = nn.Parameter(zeros([]));
        backgroundMixing = nn.Parameter(zeros([]));
        hidden = CapsuleLayers.Linear(options.FeatureSize, 32);
        colour = CapsuleLayers.Linear(32, 1);
        RegisterComponents();
    }

    /// <summary>Ink in (0,1), [P,T,T].</summary>
    public Tensor Ink => sigmoid(ink);

    /// <summary>Logit of opacity, 0 outside the template, [P,T,T].</summary>
    public Tensor Opacity => opacity;

    /// <summary>Brightness of the background in (0,1), a scalar.</summary>
    public Tensor Background => sigmoid(backgroundLogit);

    /// <summary>Logit of the background's share, a positive scalar.</summary>
    public Tensor BackgroundMixing => nn.functional.softplus(backgroundMixing);

    /// <summary>Colours in (0,1), [N,P], of parts with features [N,P,F].</summary>
    public override Tensor forward(Tensor feature) => sigmoid(colour.call(nn.functional.relu(hidden.call(feature)))).squeeze(-1);

    /// <summary>All that the image likelihood needs.</summary>
    public ImageMixture Mixture(PartCapsules parts) =>
        new(parts.Pose, parts.Presence, call(parts.Feature), Ink, Opacity, Background, BackgroundMixing);
}
