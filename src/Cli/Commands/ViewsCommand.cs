using System.CommandLine;
using System.Text.Json.Nodes;
using Toolchain.Cli.Light;
using Toolchain.Data;
using Toolchain.Train.Augmentations;
using Toolchain.Train.Methods;
using Toolchain.Train.Models;

namespace Toolchain.Cli.Commands;

/// <summary><c>uvl views METHOD --out F.png</c>.</summary>
static class ViewsCommand
{
    const int rows = 10, viewsPerRow = 9;

    public static Command Create()
    {
        var common = new CommonOptions();
        var method = new Argument<string>("METHOD")
        {
            Description =
        $"One of {string.Join(", ", MethodRegistry.All.Where(known => known.Defaults is IAugmented).Select(known => known.Name))}."
        };
        var set = new Option<string[]>("--set")
        {
            Description = "key=value, any option of the method; repeatable.",
            AllowMultipleArgumentsPerToken = false
        };
        var output = new Option<string>("--out") { Description = "A sheet of 100 images (.png).", Required = true };
        var command = new Command("views", "Draw ten images with nine augmented views each.\n\nExample: uvl views moco --set "
            + $"augmentation.elastic=2 --out views.png") { method, common.Data, common.Polarity, common.Transpose, common.Seed, set,
                output, common.SkipBad };
        command.SetAction(parsed =>
        {
            (var terminal, string picture) = (new Terminal(parsed), parsed.GetValue(output)!);
            Endings.Require(picture, ".png");
            Method known = MethodRegistry.Find(parsed.GetValue(method)!);
            MethodOptions options = OptionBinder.Apply(known.Defaults, parsed.GetValue(set) ?? []);
            AugmentationOptions augmentation = (options as IAugmented)?.Augmentation
                ?? throw new ArgumentException($"{known.Name} learns from the images themselves; it has no views.");
            augmentation.Check();
            DigitSet digits = common.Open(parsed, terminal, common.Spec(parsed, terminal), Split.Train).Take(rows);
            ImageSheet.Write(picture, Sheet(digits, new Augmentation(augmentation, (ulong)parsed.GetValue(common.Seed))), 1 + viewsPerRow);
            terminal.Line($"{digits.Count} images with {viewsPerRow} views each in {picture}");
            terminal.Event("drawn", new JsonObject { ["path"] = picture, ["images"] = digits.Count * (1 + viewsPerRow) });
        });
        return command;
    }

    // Image after image: itself, then its views.
    static byte[] Sheet(DigitSet digits, Augmentation augmentation)
    {
        var views = new float[viewsPerRow * digits.Count * DigitSet.PixelCount];
        augmentation.Draw(digits, [.. Enumerable.Range(0, digits.Count)], 0, 0, viewsPerRow, views);
        return [.. Enumerable.Range(0, digits.Count).SelectMany(image => digits.Image(image).ToArray().Concat(
            Enumerable.Range(0, viewsPerRow)
            .SelectMany(view => views.Skip((view * digits.Count + image) * DigitSet.PixelCount).Take(DigitSet.PixelCount))
            .Select(value => (byte)Math.Round(255 * value))))];
    }
}
