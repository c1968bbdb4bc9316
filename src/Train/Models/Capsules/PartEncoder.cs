using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>What the part encoder sees on canvases.</summary>
/// <param name="Pose">Maps template to canvas, [N,P,6].</param>
/// <param name="Presence">In (0,1), [N,P], with noise where there is any.</param>
/// <param name="CleanPresence">The same without noise.</param>
/// <param name="Feature">Feature of each part, [N,P,F].</param>
sealed record PartCapsules(Tensor Pose, Tensor Presence, Tensor CleanPresence, Tensor Feature);

/// <summary>
/// The encoder of the part capsule autoencoder (Kosiorek et al. 2019, "Stacked Capsule Autoencoders", section 2.2): convolutions, and for
/// each part attention over places, by which its 6 + F + 1 numbers are averaged.
/// </summary>
sealed class PartEncoder : nn.Module<Tensor, Tensor?, PartCapsules>
{
    readonly ModuleList<Conv2d> convolutions;
    readonly Parameter placeBias; // [1,C,L,L]
    readonly Conv2d capsules;
    readonly int partCount, featureSize;

    /// <summary>An encoder of the sizes in <paramref name="options"/>, of images of 1 or 3 channels.</summary>
    public PartEncoder(CapsulesOptions options, int channels = 1) : base(nameof(PartEncoder))
    {
        (partCount, featureSize) = (options.PartCount, options.FeatureSize);
        convolutions = [];
        int side = options.CanvasSide;
        for (int i = 0; i < options.ConvolutionCount; i++)
        {
            int stride = i < 2 ? 2 : 1;
            int outputs = i == 0 ? options.FirstChannelCount : options.ChannelCount;
            convolutions.Add(CapsuleLayers.Convolution(channels, outputs, 3, stride));
            channels = outputs;
            side = (side - 3) / stride + 1;
        }
        placeBias = nn.Parameter(zeros(1, options.ChannelCount, side, side));
        capsules = CapsuleLayers.Convolution(options.ChannelCount, (6 + featureSize + 1 + 1) * partCount, 1, 1);
        RegisterComponents();
    }

    /// <summary>Parts of canvases [N,C,S,S].</summary>
    /// <param name="canvas">Pixels in [0,1].</param>
    /// <param name="noise">Added to the logits of presence, [N,P]; null for none.</param>
    public override PartCapsules forward(Tensor canvas, Tensor? noise)
    {
        Tensor x = canvas;
        foreach (Conv2d convolution in convolutions)
        {
            x = nn.functional.relu(convolution.call(x));
        } // [N,C,L,L]
        // [N,8+F,P,L*L]
        x = capsules.call(x + placeBias).flatten(2).view(-1, 6 + featureSize + 2, partCount, placeBias.shape[2] * placeBias.shape[3]);
        Tensor attention = x.narrow(1, 6 + featureSize + 1, 1).softmax(3); // [N,1,P,L*L]
        Tensor numbers = (x.narrow(1, 0, 6 + featureSize + 1) * attention).sum(3); // [N,7+F,P]
        AffinePose pose = AffinePose.FromNumbers([.. Enumerable.Range(0, 6).Select(i => numbers.select(1, i))]); // six of [N,P]
        Tensor logit = numbers.select(1, 6 + featureSize); // [N,P]
        Tensor presence = Presence(logit);
        return new PartCapsules(pose.Stack(), noise is null ? presence : Presence(logit + noise), presence,
            numbers.narrow(1, 6, featureSize).transpose(1, 2)); // [N,P,F]
    }

    // The sigmoid, right to the last digits where it is near 0 too: ONNX Runtime's own is 1e-7 off there, which the transformer's
    // normalisation of absent parts makes 5e-5.
    static Tensor Presence(Tensor logit) => nn.functional.logsigmoid(logit).exp();
}
