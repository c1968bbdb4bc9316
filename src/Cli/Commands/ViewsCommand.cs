using System.CommandLine;
using System.Text.Json.Nodes;
using Toolchain.Commands;
using Toolchain.Data;
using Toolchain.Train.Core;
using Toolchain.Train.Runs;

namespace Toolchain.Cli.Commands;

/// <summary><c>uvl views METHOD --out F.png</c>.</summary>
static class ViewsCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var method = new Argument<string>("METHOD")
        {
            Description = $"One of {string.Join(", ", MethodRegistry.All.Where(known => known.HasViews).Select(known => known.Name))}."
        };
        var set = new Option<string[]>("--set")
        {
            Description = "An option of the method; repeatable. 'uvl train METHOD --help' lists them.",
            AllowMultipleArgumentsPerToken = false
        };
        MethodWords.Complete(method, known => known.HasViews, set);
        var output = new Option<string>("--out") { Description = "A sheet of 100 images (.png).", Required = true };
        var command = new Command("views", "Draw ten images with nine augmented views each.\n\n"
            + "Example: uvl views moco --set augmentation.elastic=2 --out views.png")
        {
            method, common.Data, common.Size, common.Colour, common.Fit, common.Polarity, common.Transpose, common.Seed, set, output,
            common.SkipBad,
        };
        command.SetAction(parsed =>
        {
            (var terminal, string picture) = (new Terminal(parsed), parsed.GetValue(output)!);
            Endings.Require(picture, ".png");
            Method known = MethodRegistry.Find(parsed.GetValue(method)!);
            MethodOptions options = OptionBinder.Apply(known.Defaults, parsed.GetValue(set) ?? []);
            ViewSheet.Require(known, options);
            ImageSet data = common.Open(parsed, terminal, common.Spec(parsed, terminal), Split.Train).Take(ViewSheet.RowCount);
            ViewSheet.Write(picture, known, options, data, parsed.GetValue(common.Seed));
            terminal.Line($"{Printable.Count(data.Count, "image")} with {ViewSheet.ViewsPerRow} views each in {picture}");
            terminal.Event("drawn", new JsonObject { ["path"] = picture, ["images"] = data.Count * (1 + ViewSheet.ViewsPerRow) });
        });
        return command;
    }
}
