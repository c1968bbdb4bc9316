using System.CommandLine;
using System.Text.Json.Nodes;
using Toolchain.Commands;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Data.Seeds;
using Toolchain.Graph;

namespace Toolchain.Cli.Commands;

/// <summary><c>uvl plot WHAT</c>: pictures of what an exported model knows, drawn from the file alone.</summary>
static class PlotCommand
{
    const int columns = 10;

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
            DefaultValueFactory = _ =>
            1
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
            PlotModel generator =
                PlotModel.Load(path, "a generator of infogan",
                [PlotModel.Float("z", "N", "size"), PlotModel.Float("code", "N", "size"), PlotModel.Float("continuous", "N", "size")],
                [PlotModel.Float("image", "N", 1, ImageSet.Side, ImageSet.Side)]);
            (int noiseSize, int codes, int continuous) = (generator.Size("z", 1), generator.Size("code", 1),
                generator.Size("continuous", 1));
            int swept = parsed.GetValue(sweep);
            if (swept < 0 || swept > continuous)
            {
                throw new ArgumentException($"--sweep must be in [0..{continuous}], was {swept}; '{path}' has {continuous} continuous "
                    + $"codes.");
            }
            Dictionary<string, TensorData> latents = Latents(noiseSize, codes, continuous, swept, parsed.GetValue(range),
                (ulong)parsed.GetValue(seed));
            TensorData images = generator.Run(latents)["image"];
            double[] image = images.ToDoubles();
            if (parsed.GetValue(arrays) is string folder)
            {
                TensorFolder.Write(folder, [.. latents.Select(latent => ($"in.{latent.Key}", latent.Value)), ("out.image", images)]);
            }
            ImageSheet.Write(picture, [.. image.Select(value => (byte)Math.Round(255 * Math.Clamp(value, 0, 1)))], columns);
            terminal.Line($"{codes} codes with {columns} images each in {picture}");
            terminal.Event("plotted", new JsonObject { ["path"] = path, ["out"] = picture, ["images"] = codes * columns });
        });
        return command;
    }

    /// <summary>A row for each code; what is not swept is the same along a row, or, without a sweep, new for each image.</summary>
    internal static Dictionary<string, TensorData> Latents(int noiseSize, int codes, int continuous, int swept, double range, ulong seed)
    {
        int count = codes * columns;
        float[] z = new float[count * noiseSize], code = new float[count * codes], values = new float[count * continuous];
        for (int image = 0; image < count; image++)
        {
            (int row, int column) = (image / columns, image % columns);
            // The same noise in every row: rows then differ by the code alone.
            var random = new RandomStream(seed, "plot", sample: swept > 0 ? 0 : column);
            Fill(z.AsSpan(image * noiseSize, noiseSize), ref random);
            Fill(values.AsSpan(image * continuous, continuous), ref random);
            code[image * codes + row] = 1;
            if (swept > 0)
            {
                values.AsSpan(image * continuous, continuous).Clear();
                values[image * continuous + swept - 1] = (float)(range * (2.0 * column / (columns - 1) - 1));
            }
        }
        return new()
        {
            ["z"] = TensorData.Of(z, count, noiseSize),
            ["code"] = TensorData.Of(code, count, codes),
            ["continuous"] = TensorData.Of(values, count, continuous)
        };
    }

    static void Fill(Span<float> values, ref RandomStream random)
    {
        foreach (ref float value in values)
        {
            value = 2 * random.NextSingle() - 1;
        }
    }
}
