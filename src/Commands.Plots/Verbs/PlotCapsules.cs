using System.CommandLine;
using System.Text.Json.Nodes;
using Toolchain.Commands.Plots.Pictures;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Evaluate.Plots;

namespace Toolchain.Commands.Plots.Verbs;

/// <summary><c>uvl plot capsules MODEL</c>: what a capsule autoencoder makes of images, by ONNX Runtime from its two files.</summary>
static class PlotCapsules
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var model = new Argument<string>("MODEL")
        {
            Description = "A model.onnx of capsules with decoder.onnx beside it, or their folder."
        };
        var output = new Option<string>("--out") { Description = "A sheet of images (.png).", Required = true };
        var templates = new Option<bool>("--templates")
        {
            Description = "Draw the templates of all parts instead, scaled to the canvas at full intensity."
        };
        var count = new Option<int>("--count") { Description = "Number of test images, the first ones.", DefaultValueFactory = _ => 10 };
        var arrays = new Option<string?>("--arrays")
        {
            Description = "Also write the tensors into this folder: encoder/ and decoder/, each with in.NAME.npy and out.NAME.npy."
        };
        var command = new Command("capsules", "Draw one image per row: the image, its reconstruction from parts and from objects, and its "
            + "most present parts.\n\nExample: uvl plot capsules models/capsules-fast --data mnist --out parts.png")
        {
            model, common.Data, common.Fit, common.Polarity, common.Transpose, output, templates, count, arrays, common.SkipBad,
        };
        command.SetAction(parsed =>
        {
            var terminal = new Terminal(parsed);
            string path = CommonOptions.ModelFile(parsed.GetValue(model)!), picture = parsed.GetValue(output)!;
            Endings.Require(picture, ".png");
            if (parsed.GetValue(count) < 1)
            {
                throw new ArgumentException($"--count must be at least 1, was {parsed.GetValue(count)}.");
            }
            var plot = CapsulePlot.Load(path, RunLayout.Beside(path, RunLayout.Decoder));
            if (parsed.GetValue(templates))
            {
                ImageRows sheet = plot.Templates();
                ImageSheet.Write(picture, sheet.Pixels, sheet.Preprocess, sheet.Columns);
                terminal.Line($"{sheet.Count} templates in {picture}");
                terminal.Event("plotted", new JsonObject { ["path"] = path, ["out"] = picture, ["images"] = sheet.Count });
                return;
            }
            ImageSet data = common.Open(parsed, terminal, common.Spec(parsed, terminal, drawn: false), Split.Test, plot.Preprocess)
                .Take(parsed.GetValue(count));
            ImageRows rows = plot.Rows(data, parsed.GetValue(arrays));
            ImageSheet.Write(picture, rows.Pixels, rows.Preprocess, rows.Columns);
            terminal.Line($"{Printable.Count(data.Count, "image")} with their {rows.Columns - CapsuleSheet.LeadingColumns} most present "
                + $"parts in {picture}");
            terminal.Event("plotted", new JsonObject { ["path"] = path, ["out"] = picture, ["images"] = data.Count });
        });
        return command;
    }
}
