using System.Runtime.InteropServices;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>
/// A t-SNE map that answers to pointer, keyboard and filters; its numbers are in the page, its images in one sheet for all maps.
/// </summary>
static class TsneSection
{
    const int columns = 100;

    /// <summary>The program of the maps.</summary>
    public static string Script { get; } = Html.Resource("tsne.js");

    /// <summary>The sheet of the images shown, from which the maps draw the one that is pointed at.</summary>
    public static void WriteSheet(Html html, ImageSet test, int[] images)
    {
        byte[] pixels = [.. images.SelectMany(image => test.Image(image).ToArray())];
        html.Add($"<img id=\"digits\" class=\"sheet\" data-columns=\"{columns}\" alt=\"\" "
            + $"src=\"data:image/png;base64,{Convert.ToBase64String(ImageSheet.Encode(pixels, columns, 1))}\">\n");
    }

    public static void Write(Html html, ImageSet test, TsnePlot map, EvaluationRow row)
    {
        (short[] xs, short[] ys) = Scaled(map);
        // Without labels the map has no digits: it is coloured by cluster.
        bool isLabelled = row.Accuracy is not null;
        string what = isLabelled ? "digit" : "cluster", digits = isLabelled
            ? $" data-digit=\"{Convert.ToBase64String([.. map.Images.Select(image => test.Labels![image])])}\"" : "";
        sbyte[] given = [.. map.Images.Select(image => (sbyte)(isLabelled ? row.Given : row.Clusters)[image])];
        html.Add($"<figure class=\"map\" data-x=\"{Base64<short>(xs)}\" data-y=\"{Base64<short>(ys)}\"{digits} "
            + $"data-given=\"{Base64<sbyte>(given)}\">\n");
        html.Add($"<canvas width=\"900\" height=\"900\" tabindex=\"0\" role=\"img\" aria-label=\"t-SNE of {map.Images.Length} test "
            + $"embeddings of {Html.Text(row.Method)}, coloured by {what}\"></canvas>\n");
        html.Add($"<div class=\"controls\"><canvas class=\"digit\" width=\"56\" height=\"56\" aria-hidden=\"true\"></canvas><output "
            + $"aria-live=\"polite\"></output>\n<label>{what} <select><option value=\"\">all</option>");
        html.Raw(string.Concat(Enumerable.Range(0, 10).Select(digit => $"<option>{digit}</option>")));
        html.Raw($"</select></label>\n{(isLabelled ? "<label><input type=\"checkbox\"> misclassified only</label>\n" : "")}<span "
            + $"class=\"count\"></span></div>\n");
        html.Raw("<div class=\"legend\">" + string.Concat(Enumerable.Range(0, 10)
            .Select(digit => $"<button class=\"d{digit}\" aria-pressed=\"false\">{digit}</button>")) + "</div>\n");
        html.Add($"<figcaption>t-SNE of {map.Images.Length:n0} test embeddings, coloured by "
            + $"{what}{(isLabelled ? " (labels colour only)" : "")}. Divergence {map.Divergence:f3} nats, trustworthiness "
            + $"{map.Quality.Trustworthiness:f4}, {Html.Percent(map.Quality.Preserved)} of the 10 nearest neighbours preserved. Point at "
            + $"an image to see "
            + $"it; drag to move, Ctrl and the wheel or + and - to zoom, a number of the legend to see it alone, arrows to move, n for the "
            + $"next image.</figcaption>\n</figure>\n");
    }

    // The square around the map, on whole numbers of 16 bits.
    static (short[] X, short[] Y) Scaled(TsnePlot map)
    {
        float reach = 1.02f * map.Coordinates.Values.ToArray().Max(Math.Abs);
        short[] Axis(int axis) =>
            [.. Enumerable.Range(0, map.Coordinates.Count)
            .Select(i => (short)Math.Round(map.Coordinates[i][axis] / reach * short.MaxValue * (axis == 0 ? 1 : -1)))];
        return (Axis(0), Axis(1));
    }

    static string Base64<T>(T[] values) where T : unmanaged => Convert.ToBase64String(MemoryMarshal.AsBytes(values.AsSpan()));
}
