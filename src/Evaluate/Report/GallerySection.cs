using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>Images of each cluster.</summary>
static class GallerySection
{
    const int GalleryImages = 12, MostGroups = 100;

    /// <summary>
    /// Of each given class (or cluster, where there are no labels) the images nearest to the mean of their embeddings, and the farthest.
    /// </summary>
    public static void Write(Html html, ReportContext context, ModelOutputs outputs, EvaluationRow row)
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
            + $"nearest to the mean of their embeddings, and the {GalleryImages} farthest.{names}",
            test.Preprocess.IsInk);
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

    // Index -1 is an empty place.
    static byte[] Pixels(ImageSet data, int[] images) =>
        [.. images.SelectMany(image => image < 0 ? ImageSheet.Blank(data.Preprocess) : data.Image(image).ToArray())];
}
