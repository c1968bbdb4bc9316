using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>A model of a report and how it is shown.</summary>
/// <param name="Model">The model.</param>
/// <param name="Row">The figures that are shown.</param>
/// <param name="Anchor">Name of its section in links.</param>
sealed record ShownModel(ReportedModel Model, EvaluationRow Row, string Anchor);

/// <summary>One model: its confusions, t-SNE plot, clusters and mistakes, and how it was trained.</summary>
static class ModelSection
{
    const int GalleryImages = 12, MostMistakes = 24, NeighbourCount = 5, MostPairs = 5, MostGroups = 100;

    /// <summary>The row that the section shows.</summary>
    public static EvaluationRow? Shown(IReadOnlyList<EvaluationRow> rows, ReportedModel model) =>
        Strict(rows.Where(row => row.ModelSha256 == model.ModelOutputs.ModelSha256 && row.Method == model.ModelOutputs.Method))
        .FirstOrDefault();

    /// <summary>The strict rows in the order of <see cref="Clusterer"/>, so that the first is never chosen as the best.</summary>
    public static IEnumerable<EvaluationRow> Strict(IEnumerable<EvaluationRow> rows) =>
        rows.Where(row => row.Protocol == Protocol.Strict).OrderBy(row => row.Clusterer);

    /// <summary>The classes most often confused, as words: "4 as 9: 12".</summary>
    public static IEnumerable<string> ConfusedPairs(EvaluationRow row, ImageClasses classes) => Cells(row)
        .Where(cell => cell[0] != cell[1])
        .OrderByDescending(cell => cell[2]).Take(MostPairs)
        .Select(cell => string.Create(CultureInfo.InvariantCulture,
            $"{classes.NameOf(cell[0])} as {classes.NameOf(cell[1])}: {cell[2]}"));

    // Label, given class and images of each pair that occurs.
    static IEnumerable<int[]> Cells(EvaluationRow row) => row.ConfusionCells
        ?? row.Confusion?.SelectMany((counts, label) => counts.Select((count, given) => (int[])[label, given, count]))
            .Where(cell => cell[2] > 0) ?? [];

    public static void Write(Html html, ReportContext context, ShownModel shown, string heading)
    {
        (ReportedModel model, EvaluationRow row, string anchor) = shown;
        html.Add($"<h2 id=\"{anchor}\">{Html.Text(heading)}</h2>\n");
        if (row.Recall is double?[] recall && context.Classes is ImageClasses classes)
        {
            string confused = string.Join("; ", ConfusedPairs(row, classes));
            html.Add($"<p>Shown: its {Printable.Count(row.K, "cluster")} ({Html.Text(row.Clusterer.Word())}), "
                + $"{(row.K > classes.Count ? $"of which {classes.Count} are matched to classes" : "each matched to one class")}; "
                + $"{Html.Percent(row.Accuracy)} of the test images are classified correctly."
                + $"{(confused == "" ? "" : $" Most confused: {Html.Text(confused)}.")}</p>\n");
            if (row.Confusion is int[][] table)
            {
                Confusion(html, row.Method, table, recall, classes);
            }
        }
        else
        {
            html.Add($"<p>Shown: its {Printable.Count(row.K, "cluster")} ({Html.Text(row.Clusterer.Word())}); their classes are unknown "
                + $"without labels.</p>\n");
        }
        html.Add($"<p class=\"note\">Test images in each cluster: "
            + $"{string.Join(", ", row.Sizes.Select(size => size.ToString("n0", CultureInfo.InvariantCulture)))}.</p>\n");
        if (model.Plot is TsnePlot plot)
        {
            TsneSection.Write(html, context.Test, plot, row, context.Classes);
        }
        Gallery(html, context, model.ModelOutputs, row);
        if (row.Accuracy is not null)
        {
            Mistakes(html, context, model.ModelOutputs, row);
        }
        CurvesSection.Write(html, model.Run.Curves);
        foreach ((string name, byte[] png) in model.Run.Pictures)
        {
            html.Figure(png, $"{row.Method}: {name}", Html.Text(name));
        }
    }

    static void Confusion(Html html, string method, int[][] confusion, double?[] recall, ImageClasses classes)
    {
        html.Add($"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Confusion of {Html.Text(method)}\">\n");
        html.Raw("<table class=\"confusion\">\n<caption>Test images by true class (rows) and predicted class (columns)</caption>\n"
            + "<thead><tr><td></td>");
        html.Raw(string.Concat(classes.AllNames().Select(name => $"<th scope=\"col\">{Html.Text(name)}</th>"))
            + "<th scope=\"col\">right</th></tr></thead>\n<tbody>\n");
        for (int label = 0; label < classes.Count; label++)
        {
            int total = Math.Max(1, confusion[label].Sum());
            html.Add($"<tr><th scope=\"row\">{Html.Text(classes.NameOf(label))}</th>");
            for (int given = 0; given < classes.Count; given++)
            {
                html.Add($"<td style=\"--share:{confusion[label][given] / (double)total:f3}\" "
                    + $"class=\"{(given == label ? "right" : "wrong")}\">{confusion[label][given]}</td>");
            }
            html.Add($"<td>{Html.Percent(recall[label])}</td></tr>\n");
        }
        html.Raw("</tbody>\n</table>\n</div>\n");
    }

    // Of each given class (or cluster, where there are no labels) the images nearest to the mean of their embeddings, and the farthest.
    static void Gallery(Html html, ReportContext context, ModelOutputs outputs, EvaluationRow row)
    {
        ImageSet test = context.Test;
        if (outputs.Test is not Rows rows)
        {
            return;
        }
        int[] groups = row.Accuracy is null ? row.Clusters : row.Given;
        int[] shown = [.. groups.Distinct().Where(group => group >= 0).Order().Take(MostGroups)];
        string names = row.Accuracy is not null && context.Classes is { Names: not null } classes
            ? $" Rows: {Html.Text(string.Join(", ", shown.Select(classes.NameOf)))}." : "";
        byte[] pixels = [.. shown.SelectMany(group =>
        {
            int[] members = [.. Enumerable.Range(0, test.Count).Where(image => groups[image] == group)];
            int[] sorted = [.. members.OrderBy(Distances(rows, members))];
            return Mean(test, members).Concat(Pixels(test,
                [.. Padded(sorted.Take(GalleryImages)), .. Padded(sorted.Skip(Math.Max(GalleryImages, sorted.Length - GalleryImages)))]));
        })];
        html.Figure(ImageSheet.Encode(pixels, test.Preprocess, 1 + 2 * GalleryImages, 1), $"Images of each cluster of {row.Method}",
            $"A row for each {(row.Accuracy is null ? "" : "named ")}cluster: the mean of its test images, its {GalleryImages} images "
            + $"nearest to the mean of their embeddings, and the {GalleryImages} farthest.{names}");
    }

    static IEnumerable<byte> Mean(ImageSet test, int[] members) =>
        Enumerable.Range(0, test.Shape.Size)
        .Select(pixel => (byte)Math.Round(members.Average(member => (double)test.Image(member)[pixel])));

    static IEnumerable<int> Padded(IEnumerable<int> images) => images.Concat(Enumerable.Repeat(-1, GalleryImages)).Take(GalleryImages);

    static Func<int, double> Distances(Rows rows, int[] members)
    {
        var mean = new double[rows.Width];
        foreach (int member in members)
        {
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += rows[member][i] / (double)members.Length;
            }
        }
        return member =>
        {
            double sum = 0;
            for (int i = 0; i < mean.Length; i++)
            {
                sum += (rows[member][i] - mean[i]) * (rows[member][i] - mean[i]);
            }
            return sum;
        };
    }

    // Each with the training images that the model holds for nearest.
    static void Mistakes(Html html, ReportContext context, ModelOutputs outputs, EvaluationRow row)
    {
        ImageSet test = context.Test;
        int[] wrong = [.. Enumerable.Range(0, test.Count).Where(image => row.Given[image] != test.Labels![image])];
        int[] shown = [.. wrong.Take(MostMistakes)];
        if (shown.Length == 0)
        {
            return;
        }
        string list = string.Join(", ", shown.Select(image => $"{context.Classes!.NameOf(test.Labels![image])} as "
            + $"{(row.Given[image] < 0 ? "none" : context.Classes.NameOf(row.Given[image]))}"));
        string caption = $"The first {shown.Length} of {wrong.Length} misclassified test images";
        byte[] pixels = Pixels(test, shown);
        int columns = 12;
        if (outputs is { Train: Rows known, Test: Rows asked } && known.Count >= NeighbourCount)
        {
            var rows = new Rows(shown.SelectMany(image => asked[image].ToArray()).ToArray(), asked.Width);
            int[] near = NeighbourSearch.Euclidean(rows, known, NeighbourCount).Indices;
            pixels = [.. shown.SelectMany((image, i) => Pixels(test, [image])
                .Concat(Pixels(context.Train, near[(i * NeighbourCount)..((i + 1) * NeighbourCount)])))];
            (caption, columns) = ($"{caption}, each followed by its {NeighbourCount} nearest training images", 4 * (1 + NeighbourCount));
        }
        html.Figure(ImageSheet.Encode(pixels, test.Preprocess, columns, 1), $"{shown.Length} misclassified test images of {row.Method}",
            $"{caption}. <details><summary>true class and prediction, row by row</summary>{Html.Text(list)}</details>");
    }

    // Index -1 is an empty place.
    static byte[] Pixels(ImageSet data, int[] images) =>
        [.. images.SelectMany(image => image < 0 ? ImageSheet.Blank(data.Preprocess) : data.Image(image).ToArray())];
}
