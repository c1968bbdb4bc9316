using System.Runtime.InteropServices;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Evaluate.Plots;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>
/// An interactive t-SNE plot with pointer, keyboard and filters; its numbers are in the page, its images in one sheet for all plots.
/// </summary>
static class TsneSection
{
    const int Columns = 100;

    /// <summary>The script of the plots.</summary>
    public static string Script { get; } = Html.Resource("tsne.js");

    /// <summary>The sheet of the images shown, from which a plot draws the one that is pointed at.</summary>
    public static void WriteSheet(Html html, ImageSet test, int[] images)
    {
        byte[] pixels = [.. images.SelectMany(image => test.Image(image).ToArray())];
        html.Add($"<img id=\"images\" class=\"sheet\" data-columns=\"{Columns}\" data-width=\"{test.Shape.Width}\" "
            + $"data-height=\"{test.Shape.Height}\" alt=\"\" "
            + $"src=\"data:image/png;base64,{Convert.ToBase64String(ImageSheet.Encode(pixels, test.Preprocess, Columns, 1))}\">\n");
    }

    /// <param name="html">The page.</param>
    /// <param name="test">The test images.</param>
    /// <param name="plot">The plot.</param>
    /// <param name="row">The clusters that are shown.</param>
    /// <param name="classes">What labels count; null without labels.</param>
    public static void Write(Html html, ImageSet test, TsnePlot plot, EvaluationRow row, ImageClasses? classes)
    {
        (short[] xs, short[] ys) = Scaled(plot);
        // Without labels the plot has no classes: it is coloured by cluster.
        bool isLabelled = classes is not null;
        string what = isLabelled ? "class" : "cluster";
        string labels = isLabelled ? $" data-label=\"{Base64(Array.ConvertAll(plot.Images, image => (short)test.Labels![image]))}\"" : "";
        short[] given = Array.ConvertAll(plot.Images, image => (short)(isLabelled ? row.Given : row.Clusters)[image]);
        string[] names = (classes ?? new ImageClasses(Math.Min(row.K, ImageClasses.Most))).AllNames();
        html.Add($"<figure class=\"map\" data-x=\"{Base64(xs)}\" data-y=\"{Base64(ys)}\"{labels} "
            + $"data-given=\"{Base64(given)}\">\n");
        html.Add($"<canvas width=\"900\" height=\"900\" tabindex=\"0\" role=\"img\" aria-label=\"t-SNE of {plot.Images.Length} test "
            + $"embeddings of {Html.Text(row.Method)}, coloured by {what}\"></canvas>\n");
        html.Add($"<div class=\"card\" hidden><canvas class=\"image{(test.Preprocess.IsInk ? " ink" : "")}\" aria-hidden=\"true\"></canvas>"
            + $"<output aria-live=\"polite\"></output></div>\n");
        html.Add($"<div class=\"controls\"><label>{what} <select><option value=\"\">all</option>");
        html.Raw(string.Concat(names.Select((name, label) => $"<option value=\"{label}\">{Html.Text(name)}</option>")));
        html.Raw($"</select></label>\n{(isLabelled ? "<label><input type=\"checkbox\"> misclassified only</label>\n" : "")}"
            + "<span class=\"count\"></span></div>\n");
        html.Raw("<div class=\"legend\">" + string.Concat(names.Select((name, label) =>
            $"<button value=\"{label}\" style=\"border-color:{ClassColours.Of(label)}\" aria-pressed=\"false\">{Html.Text(name)}</button>"))
            + "</div>\n");
        html.Add($"<figcaption>t-SNE of {plot.Images.Length:n0} test embeddings, coloured by "
            + $"{(isLabelled ? "the class that each was given; framed: misclassified" : what)}. Divergence {plot.Divergence:f3} nats, "
            + $"trustworthiness {plot.Quality.Trustworthiness:f4}, {Html.Percent(plot.Quality.Preserved)} of the 10 nearest neighbours "
            + $"preserved. Point at an image to see it; drag to move, Ctrl and the wheel or + and - to zoom, a name of the legend "
            + $"to see it alone, arrows to move, n for the next image.</figcaption>\n</figure>\n");
    }

    // The square around the plot, on whole numbers of 16 bits.
    static (short[] X, short[] Y) Scaled(TsnePlot plot)
    {
        float reach = 1.02f * plot.Coordinates.Values.ToArray().Max(Math.Abs);
        short[] Axis(int axis) =>
            [.. Enumerable.Range(0, plot.Coordinates.Count)
                .Select(i => (short)Math.Round(plot.Coordinates[i][axis] / reach * short.MaxValue * (axis == 0 ? 1 : -1)))];
        return (Axis(0), Axis(1));
    }

    static string Base64(short[] values) => Convert.ToBase64String(MemoryMarshal.AsBytes(values.AsSpan()));
}
