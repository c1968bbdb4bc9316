using System.CommandLine;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Evaluate.Plots;
using Toolchain.Graph;

namespace Toolchain.Commands.Plots.Verbs;

/// <summary><c>uvl plot WHAT</c>: plots of an exported model, drawn from its file alone.</summary>
static class PlotCommand
{
    public static Command Create() =>
        new("plot", "Draw what an exported model has learned.") { Generator(), PlotCapsules.Create() };

    static Command Generator()
    {
        var model = new Argument<string>("MODEL") { Description = "A generator.onnx, or its folder, such as an InfoGAN run." };
        var output = new Option<string>("--out") { Description = "A sheet of images (.png).", Required = true };
        var sweep = new Option<int>("--sweep")
        {
            Description = "Index of a continuous code, from 1: each row keeps its noise and varies this code; 0 samples noise and "
                + "codes for each image.",
            DefaultValueFactory = _ => 0
        };
        var range = new Number("--range")
        {
            Description = "Range of a sweep, either way; training used 1.",
            DefaultValueFactory = _ => 1
        };
        var arrays = new Option<string?>("--arrays")
        {
            Description = "Also write the tensors into this folder: in.z.npy, in.code.npy, in.continuous.npy and out.image.npy."
        };
        var seed = new CommonOptions().Seed;
        var command = new Command("generator", "Draw generated images, one row per value of the code.\n\nExample: uvl plot generator "
            + "models/infogan --sweep 1 --out slant.png") { model, output, sweep, range, arrays, seed };
        command.SetAction(parsed =>
        {
            var terminal = new Terminal(parsed);
            string path = CommonOptions.ModelFile(parsed.GetValue(model)!, RunLayout.Generator), picture = parsed.GetValue(output)!;
            Endings.Require(picture, ".png");
            PlotModel generator = PlotModel.Load(path, "a generator of infogan",
                [PlotModel.Float("z", "N", "size"), PlotModel.Float("code", "N", "size"), PlotModel.Float("continuous", "N", "size")],
                [PlotModel.Float("image", "N", "C", "H", "W")]);
            var inputs = new GeneratorInputs(generator.Size("z", 1), generator.Size("code", 1), generator.Size("continuous", 1));
            int swept = parsed.GetValue(sweep);
            if (swept < 0 || swept > inputs.Continuous)
            {
                throw new ArgumentException($"--sweep must be in [0..{inputs.Continuous}], was {swept}; '{path}' has "
                    + $"{inputs.Continuous} continuous codes.");
            }
            Dictionary<string, TensorData> latents = inputs.Latents(swept, parsed.GetValue(range), (ulong)parsed.GetValue(seed));
            TensorData images = generator.Run(latents)["image"];
            double[] image = images.ToDoubles();
            if (parsed.GetValue(arrays) is string folder)
            {
                TensorFolder.Write(folder, [.. latents.Select(latent => ($"in.{latent.Key}", latent.Value)), ("out.image", images)]);
            }
            ImageSheet.Write(picture, [.. image.Select(ImageRows.Pixel)], generator.Preprocess, GeneratorInputs.Columns);
            terminal.Line($"{inputs.Codes} codes with {GeneratorInputs.Columns} images each in {picture}");
            terminal.Event("plotted", new JsonObject
            {
                ["path"] = path,
                ["out"] = picture,
                ["images"] = inputs.Codes * GeneratorInputs.Columns,
            });
        });
        return command;
    }
}
