using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>One model: what it confuses, its map, its clusters, its mistakes, how it was trained.</summary>
static class ModelSection
{
    const int galleryImages = 12, mostMistakes = 24, neighbours = 5, mostPairs = 5;

    /// <summary>The row that the section shows.</summary>
    public static EvaluationRow? Shown(IReadOnlyList<EvaluationRow> rows, ReportedModel model) =>
        Strict(rows.Where(row => row.ModelSha256 == model.ModelOutputs.ModelSha256 && row.Method == model.ModelOutputs.Method))
        .FirstOrDefault();

    /// <summary>The strict rows in the order of <see cref="Clusterer"/>, so that the first is never chosen as the best.</summary>
    public static IEnumerable<EvaluationRow> Strict(IEnumerable<EvaluationRow> rows) =>
        rows.Where(row => row.Protocol == Protocol.Strict).OrderBy(row => row.Clusterer);

    /// <summary>The digits most often confused, as words: "4 as 9: 12".</summary>
    public static IEnumerable<string> ConfusedPairs(int[][] confusion) => Enumerable.Range(0, 100)
        .Select(i => (Digit: i / 10, Given: i % 10, Count: confusion[i / 10][i % 10]))
        .Where(cell => cell.Digit != cell.Given && cell.Count > 0)
        .OrderByDescending(cell => cell.Count).Take(mostPairs)
        .Select(cell => string.Create(CultureInfo.InvariantCulture, $"{cell.Digit} as {cell.Given}: {cell.Count}"));

    public static void Write(Html html, ReportContext context, ReportedModel model, EvaluationRow row, string anchor, string heading)
    {
        html.Add($"<h2 id=\"{anchor}\">{Html.Text(heading)}</h2>\n");
        if (row is { Confusion: int[][] table, Recall: double?[] recall })
        {
            html.Add($"<p>Shown: its {row.K} clusters ({Html.Text(row.Clusterer.Word())}), each matched to one digit; "
                + $"{Html.Percent(row.Accuracy)} "
                + $"of the test images are classified correctly. Most confused: {string.Join("; ", ConfusedPairs(table))}.</p>\n");
            Confusion(html, row.Method, table, recall);
        }
        else
        {
            html.Add($"<p>Shown: its {row.K} clusters ({Html.Text(row.Clusterer.Word())}); their digits are unknown without "
                + $"labels.</p>\n");
        }
        html.Add($"<p class=\"note\">Test images in each cluster: "
            + $"{string.Join(", ", row.Sizes.Select(size => size.ToString("n0", CultureInfo.InvariantCulture)))}.</p>\n");
        if (model.Map is TsnePlot map)
        {
            TsneSection.Write(html, context.Test, map, row);
        }
        Gallery(html, context.Test, model.ModelOutputs, row);
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

    static void Confusion(Html html, string method, int[][] confusion, double?[] recall)
    {
        html.Add($"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Confusion of {Html.Text(method)}\">\n<table "
            + $"class=\"confusion\">\n<caption>Test images by true digit (rows) and predicted digit "
            + $"(columns)</caption>\n<thead><tr><td></td>");
        html.Raw(string.Concat(Enumerable.Range(0, 10).Select(digit => $"<th scope=\"col\">{digit}</th>"))
            + "<th scope=\"col\">right</th></tr></thead>\n<tbody>\n");
        for (int digit = 0; digit < 10; digit++)
        {
            int total = Math.Max(1, confusion[digit].Sum());
            html.Add($"<tr><th scope=\"row\">{digit}</th>");
            for (int given = 0; given < 10; given++)
            {
                html.Add($"<td style=\"--share:{confusion[digit][given] / (double)total:f3}\" "
                    + $"class=\"{(given == digit ? "right" : "wrong")}\">{confusion[digit][given]}</td>");
            }
            html.Add($"<td>{Html.Percent(recall[digit])}</td></tr>\n");
        }
        html.Raw("</tbody>\n</table>\n</div>\n");
    }

    // Of each given digit (or cluster, where there are no labels) the images nearest to the mean of their embeddings, and the farthest.
    static void Gallery(Html html, ImageSet test, ModelOutputs outputs, EvaluationRow row)
    {
        if (outputs.Test is not Rows rows)
        {
            return;
        }
        int[] groups = row.Accuracy is null ? row.Clusters : row.Given;
        byte[] pixels = [.. Enumerable.Range(0, 10).Where(groups.Contains).SelectMany(group =>
        {
            int[] members = [.. Enumerable.Range(0, test.Count).Where(image => groups[image] == group)];
            int[] sorted = [.. members.OrderBy(Distances(rows, members))];
            return Mean(test, members)
                .Concat(Pixels(test, [.. Padded(sorted.Take(galleryImages)),
                .. Padded(sorted.Skip(Math.Max(galleryImages, sorted.Length - galleryImages)))]));
        })];
        html.Figure(ImageSheet.Encode(pixels, 1 + 2 * galleryImages, 1), $"Images of each cluster of {row.Method}",
            $"A row for each {(row.Accuracy is null ? "" : "named ")}cluster: the mean of its test images, its {galleryImages} images "
            + $"nearest to the mean of their embeddings, and the {galleryImages} farthest.");
    }

    static IEnumerable<byte> Mean(ImageSet test, int[] members) =>
        Enumerable.Range(0, ImageSet.PixelCount)
        .Select(pixel => (byte)Math.Round(members.Average(member => (double)test.Image(member)[pixel])));

    static IEnumerable<int> Padded(IEnumerable<int> images) => images.Concat(Enumerable.Repeat(-1, galleryImages)).Take(galleryImages);

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
        int[] shown = [.. wrong.Take(mostMistakes)];
        if (shown.Length == 0)
        {
            return;
        }
        string list =
            string.Join(", ", shown.Select(image => $"{test.Labels![image]} as "
            + $"{(row.Given[image] < 0 ? "none" : row.Given[image].ToString(CultureInfo.InvariantCulture))}"));
        string caption = $"The first {shown.Length} of {wrong.Length} misclassified test digits";
        byte[] pixels = Pixels(test, shown);
        int columns = 12;
        if (outputs is { Train: Rows known, Test: Rows asked } && known.Count >= neighbours)
        {
            var rows = new Rows(shown.SelectMany(image => asked[image].ToArray()).ToArray(), asked.Width);
            int[] near = NeighbourSearch.Euclidean(rows, known, neighbours).Indices;
            pixels =
                [.. shown.SelectMany((image, i) => Pixels(test, [image])
                .Concat(Pixels(context.Train, near[(i * neighbours)..((i + 1) * neighbours)])))];
            (caption, columns) = ($"{caption}, each followed by its {neighbours} nearest training images", 4 * (1 + neighbours));
        }
        html.Figure(ImageSheet.Encode(pixels, columns, 1), $"{shown.Length} misclassified test digits of {row.Method}",
            $"{caption}. <details><summary>true digit and prediction, row by row</summary>{list}</details>");
    }

    // Index -1 is an empty place.
    static byte[] Pixels(ImageSet data, int[] images) =>
        [.. images.SelectMany(image => image < 0 ? new byte[ImageSet.PixelCount] : data.Image(image).ToArray())];
}
