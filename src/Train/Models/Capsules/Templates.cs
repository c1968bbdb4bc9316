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
    readonly Parameter backgroundLogit; // [], of colour [C]
    readonly Parameter backgroundMixing; // []
    readonly Linear hidden, colour;

    /// <summary>Templates orthogonal to each other, in random directions, without opacity; for images of 1 or 3 channels.</summary>
    public Templates(CapsulesOptions options, int channels = 1) : base(nameof(Templates))
    {
        long side = options.TemplateSide, pixels = side * side;
        Tensor rows = linalg.qr(rand(pixels, pixels)).Q.narrow(0, 0, options.PartCount); // [P,T*T]
        ink = nn.Parameter(((rows - rows.min()) / (rows.max() - rows.min())).contiguous().view(-1, side, side));
        opacity = nn.Parameter(zeros(options.PartCount, side, side));
        backgroundLogit = nn.Parameter(channels == 1 ? zeros([]) : zeros(channels));
        backgroundMixing = nn.Parameter(zeros([]));
        hidden = CapsuleLayers.Linear(options.FeatureSize, 32);
        colour = CapsuleLayers.Linear(32, channels);
        RegisterComponents();
    }

    /// <summary>Ink in (0,1), [P,T,T].</summary>
    public Tensor Ink => sigmoid(ink);

    /// <summary>Logit of opacity, 0 outside the template, [P,T,T].</summary>
    public Tensor Opacity => opacity;

    /// <summary>Brightness of the background in (0,1), a scalar, or [C] of colour.</summary>
    public Tensor Background => sigmoid(backgroundLogit);

    /// <summary>Logit of the background's share, a positive scalar.</summary>
    public Tensor BackgroundMixing => nn.functional.softplus(backgroundMixing);

    /// <summary>Colours in (0,1) of parts with features [N,P,F]: [N,P], of images with colour [N,P,C].</summary>
    public override Tensor forward(Tensor feature)
    {
        Tensor values = sigmoid(colour.call(nn.functional.relu(hidden.call(feature)))); // [N,P,C]
        return values.shape[^1] == 1 ? values.squeeze(-1) : values;
    }

    /// <summary>All that the image likelihood needs.</summary>
    public ImageMixture Mixture(PartCapsules parts) =>
        new(parts.Pose, parts.Presence, call(parts.Feature), Ink, Opacity, Background, BackgroundMixing);
}
