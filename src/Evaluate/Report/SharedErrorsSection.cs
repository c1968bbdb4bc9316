using System.Globalization;
using Toolchain.Data;
using Toolchain.Data.Images;

namespace Toolchain.Evaluate.Report;

/// <summary>Pictures of the images that every model classifies wrongly.</summary>
static class SharedErrorsSection
{
    const int MostImages = 120;

    /// <summary>The section; nothing where there are no such images.</summary>
    public static void Write(Html html, ImageSet test, ImageClasses? classes, SharedErrors? errors)
    {
        if (errors is not { Images.Count: > 0 } || classes is null)
        {
            return;
        }
        SharedError[] shown = [.. errors.Images.Take(MostImages)];
        string few = shown.Length < errors.Images.Count ? $" The first {shown.Length} are shown." : "",
            mark = errors.DoubtfulCount > 0 ? " ? marks a doubted label." : "", models = Html.Text(string.Join(", ", errors.Models));
        html.Add($"<h2 id=\"shared\">Wrong in every model</h2>\n<p>{errors.Sentence}{few} Under each: true class \u2192 classes given, "
            + $"in the order {models}.{mark}</p>\n<div class=\"shared\">\n");
        foreach (SharedError error in shown)
        {
            string given = Given(error, classes), label = classes.NameOf(error.Label);
            html.Figure(ImageSheet.Encode([.. test.Image(error.Image)], test.Preprocess, 1, 1),
                $"Test image {error.Image}: {label}, named {given}{(error.IsDoubtful ? "; people doubt its label" : "")}",
                $"{Html.Text(label)}{(error.IsDoubtful ? "?" : "")} \u2192 {Html.Text(given)}", test.Preprocess.IsInk);
        }
        html.Raw("</div>\n");
    }

    /// <summary>The same as rows of a table: image, class, classes given.</summary>
    public static IEnumerable<string[]> Rows(SharedErrors errors, ImageClasses classes) => errors.Images.Select(error => (string[])
        [error.Image.ToString(CultureInfo.InvariantCulture), classes.NameOf(error.Label) + (error.IsDoubtful ? " (doubted)" : ""),
            Given(error, classes)]);

    // One name where all models say the same.
    static string Given(SharedError error, ImageClasses classes)
    {
        string[] names = [.. error.Given.Select(given => given < 0 ? "none" : classes.NameOf(given))];
        return names.Distinct().Count() == 1 ? names[0] : string.Join(", ", names);
    }
}
