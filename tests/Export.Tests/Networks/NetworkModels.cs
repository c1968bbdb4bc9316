using Toolchain.Export.Tracing;
using Toolchain.Graph.Passes;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests.Networks;

/// <summary>The networks of these tests with an example and the axes that are free.</summary>
static class NetworkModels
{
    static readonly Axis n = Axis.Batch();

    /// <param name="Name">Name of the file.</param>
    /// <param name="Make">Makes the network in evaluation mode.</param>
    /// <param name="Input">Its input.</param>
    /// <param name="Example">An example.</param>
    /// <param name="Step">Step of the axes H and W.</param>
    public sealed record Network(string Name, Func<nn.Module> Make, ExportInput Input, Func<Tensor> Example, int Step = 1)
    {
        public TracedModel Trace(params ParityRuntime[] runtimes) => Trace(keepNaN: true, runtimes);

        public TracedModel Trace(bool keepNaN, params ParityRuntime[] runtimes) => Trace(runtimes, keepNaN, GraphPasses.Default);

        public TracedModel Trace(ParityRuntime[] runtimes, bool keepNaN, GraphPasses passes)
        {
            manual_seed(7);
            nn.Module module = Make();
            Train(module);
            return OnnxExport.Trace(module, Example(), new OnnxExportOptions
            {
                Inputs = [Input],
                Name = Name,
                Runtimes = runtimes,
                KeepNaN = keepNaN,
                Passes = passes,
                ProofSizes = [1, 2, 7],
                AxisSteps = Input.Axes.Where(axis => axis.Name is "H" or "W").ToDictionary(axis => axis.Name!, _ => Step),
            });
        }

        // Statistics of batches other than 0 and 1, as after training.
        static void Train(nn.Module module)
        {
            using var noGradients = no_grad();
            foreach ((string key, Tensor buffer) in module.named_buffers().Where(pair => pair.buffer.is_floating_point()))
            {
                buffer.copy_(key.EndsWith("var", StringComparison.Ordinal) ? rand_like(buffer) + 0.5 : randn_like(buffer) * 0.1);
            }
            // TorchSharp leaves the weights of GroupNorm uninitialised.
            foreach ((_, nn.Module part) in module.named_modules())
            {
                if (part is TorchSharp.Modules.GroupNorm group)
                {
                    nn.init.ones_(group.weight!);
                    nn.init.zeros_(group.bias!);
                }
            }
        }
    }

    public static IReadOnlyList<Network> All { get; } =
    [
        new("resnet-basic", () => new ResNet(bottleneck: false, [1, 1], width: 8, classes: 10), new("image", n, 3, 32, 32), () =>
        rand(2, 3, 32, 32)),
        new("resnet-bottleneck", () => new ResNet(bottleneck: true, [1, 2], width: 4, classes: 10),
            new("image", n, 3, Axis.Named("H"), Axis.Named("W")), () => rand(2, 3, 32, 40)),
        new("unet", () => new UNet(), new("image", n, 1, Axis.Named("H"), Axis.Named("W")), () => rand(2, 1, 16, 20), Step: 4),
        new("vision-transformer", () => new VisionTransformer(), new("image", n, 3, 16, 16), () => rand(2, 3, 16, 16)),
        new("gru-tagger", () => new GruTagger(), new("words", n, Axis.Named("L")), () => randint(0, 20, [2, 6])),
        new("dcgan-generator", () => new DcganGenerator(), new("latent", n, 8), () => randn(2, 8)),
        new("dcgan-discriminator", () => new DcganDiscriminator(), new("image", n, 1, 28, 28), () => rand(2, 1, 28, 28)),
        new("set-transformer", () => new SetTransformer(), new("points", n, Axis.Named("P"), 3), () => randn(2, 6, 3)),
    ];
}
