using Toolchain.Cli;
using Toolchain.Data.Strokes;
using Toolchain.Export;
using Toolchain.Export.Tracing;
using Toolchain.Train.Core;
using Toolchain.Train.Models.Capsules;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.EndToEnd;

/// <summary>
/// ONNX Runtime's sigmoid is some 1e-7 off near 0; the set transformer's normalisation of absent parts would multiply that by hundreds.
/// </summary>
public sealed class PartPresenceTests
{
    [Fact]
    public void Export_PartsThatAreNearlyAbsent_AgreesToTheirLastDigits()
    {
        manual_seed(1);
        var options = new CapsulesOptions { PartCount = 4 };
        using var module = new PresenceAlone(options);
        Tensor images = new GradientJob(StrokeDigits.Draw(8, 1), 0, CPU).Images([0, 1, 2, 3, 4, 5, 6, 7]), presence = module.call(images);
        Assert.InRange(presence.max().ToSingle(), 1e-8f, 1e-5f);
        OnnxExport.Trace(module, [images],
            new OnnxExportOptions
            {
                AbsoluteTolerance = 1e-12,
                RelativeTolerance = 1e-4,
                ScaleTolerance = 0,
                Runtimes = [Devices.OnnxRuntime]
            }).Prove();
    }

    sealed class PresenceAlone : nn.Module<Tensor, Tensor>
    {
        readonly PartEncoder parts;

        public PresenceAlone(CapsulesOptions options) : base(nameof(PresenceAlone))
        {
            parts = new PartEncoder(options);
            RegisterComponents();
            eval();
            using (no_grad())
            {
                // the logits of presence
                parts.state_dict()["capsules.bias"].view(-1, options.PartCount)[6 + options.FeatureSize].fill_(-14);
            }
        }

        public override Tensor forward(Tensor image) => parts.call(image, null).Presence;
    }
}
