using Toolchain.Data;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>Outputs of the encoder.</summary>
/// <param name="Embedding">Presences of the objects in (0,1), [N,O].</param>
/// <param name="Posterior">Share of the parts that each object explains, [N,O]; what is missing to 1 is unexplained.</param>
/// <param name="PartPresence">Presences of the parts in (0,1), [N,P].</param>
/// <param name="Pose">Poses of the parts, template to canvas, [N,P,6].</param>
/// <param name="Feature">Features of the parts, [N,P,F].</param>
/// <param name="Vote">Pose that the objects expect of each part, their mean by how much each explains it, [N,P,6].</param>
/// <param name="Identity">The objects' own numbers, [N,O,Z].</param>
sealed record CapsuleOutput(Tensor Embedding, Tensor Posterior, Tensor PartPresence, Tensor Pose, Tensor Feature, Tensor Vote,
    Tensor Identity);

/// <summary>All that a training step needs of a batch.</summary>
/// <param name="Parts">The parts seen.</param>
/// <param name="Votes">What objects expect of them.</param>
/// <param name="Explained">How well that explains their poses.</param>
/// <param name="Presence">Presences of the objects before noise, [N,O].</param>
sealed record CapsuleActivations(PartCapsules Parts, ObjectVotes Votes, PartMixture Explained, Tensor Presence)
{
    /// <summary>Parts that each object explains, [N,O].</summary>
    public Tensor Posterior => Explained.Posterior.sum(2).t();
}

/// <summary>
/// The stacked capsule autoencoder (Kosiorek, Sabour, Teh and Hinton 2019): parts from an image, objects from parts. As a module it is the
/// encoder that is exported; its templates draw images again.
/// </summary>
sealed class CapsuleAutoencoder : nn.Module<Tensor, CapsuleOutput>
{
    readonly PartEncoder parts;
    readonly Templates templates;
    readonly SetTransformer transformer;
    readonly ObjectDecoder objects;
    readonly ImageShape shape;
    readonly int canvasSide;
    readonly bool noisyTokens;

    /// <summary>A fresh model.</summary>
    /// <param name="options">Options for images of the shape.</param>
    /// <param name="shape">Of the images.</param>
    public CapsuleAutoencoder(CapsulesOptions options, ImageShape shape) : base(nameof(CapsuleAutoencoder))
    {
        this.shape = shape;
        parts = new PartEncoder(options, shape.Channels);
        templates = new Templates(options, shape.Channels);
        transformer = new SetTransformer(6 + 1 + options.FeatureSize
            + shape.Channels * options.TemplateSide * options.TemplateSide, options);
        objects = new ObjectDecoder(options);
        noisyTokens = options.NoisyTokens;
        canvasSide = options.CanvasSide;
        RegisterComponents();
    }

    /// <summary>What parts look like.</summary>
    public Templates Templates => templates;

    /// <summary>Images [N,C,H,W] in the middle of a canvas, [N,C,S,S].</summary>
    public Tensor Place(Tensor image)
    {
        (int down, int across) = (canvasSide - shape.Height, canvasSide - shape.Width);
        return down == 0 && across == 0 ? image
            : nn.functional.pad(image, [across / 2, across - across / 2, down / 2, down - down / 2]);
    }

    /// <summary>Parts and objects of canvases [N,C,S,S].</summary>
    /// <param name="canvas">Pixels in [0,1].</param>
    /// <param name="noise">Added to the logits of presence; null for none, as in the exported encoder.</param>
    public CapsuleActivations Activate(Tensor canvas, CapsuleNoise? noise)
    {
        PartCapsules seen = parts.call(canvas, noise?.Part);
        // Gradients of the objects reach parts through the features alone.
        (Tensor pose, Tensor presence) = (seen.Pose.detach(), (noisyTokens ? seen.Presence : seen.CleanPresence).detach());
        ObjectVotes votes = objects.call(transformer.call(Tokens(pose, presence, seen.Feature), presence));
        Tensor certain = votes.Presence;
        votes = noise is null ? votes
            : votes with { CapsuleLogit = votes.CapsuleLogit + noise.Capsule, VoteLogit = votes.VoteLogit + noise.Vote };
        return new CapsuleActivations(seen, votes, PartMixture.Of(votes, AffinePose.FromStack(pose)), certain);
    }

    /// <summary>Encodes images [N,C,H,W] with pixels in [0,1].</summary>
    public override CapsuleOutput forward(Tensor image)
    {
        CapsuleActivations found = Activate(Place(image), null);
        return new CapsuleOutput(
            found.Presence, found.Posterior / found.Parts.Pose.shape[1], found.Parts.Presence, found.Parts.Pose, found.Parts.Feature,
            Expected(found), found.Votes.Capsule.transpose(0, 1));
    }

    // Pose, absence, feature and the template as coloured in this image, [N,P,7+F+C*T*T].
    Tensor Tokens(Tensor pose, Tensor presence, Tensor feature)
    {
        Tensor drawn = templates.call(feature).unsqueeze(-1) * (shape.IsRgb ? templates.Ink.flatten(1).unsqueeze(1)
            : templates.Ink.flatten(1)); // [N,P,T*T], of colour [N,P,3,T*T]
        drawn = shape.IsRgb ? drawn.flatten(2) : drawn; // [N,P,C*T*T]
        return cat([pose, 1 - presence.unsqueeze(-1), feature, drawn.detach()], 2); // [N,P,7+F+C*T*T]
    }

    // The authors' "soft winner": unlike the best object's vote, it does not jump where two objects explain a part alike.
    static Tensor Expected(CapsuleActivations found)
    {
        Tensor share = found.Explained.Posterior / (found.Explained.Posterior.sum([0], keepdim: true) + 1e-8); // [O,N,P]
        return (share.unsqueeze(-1) * found.Votes.Vote.Stack()).sum([0]); // [N,P,6]
    }
}
