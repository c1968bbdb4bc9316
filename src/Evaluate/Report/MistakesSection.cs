using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>Misclassified test images, each with its class, the class it was given and the training images next to it.</summary>
static class MistakesSection
{
    const int MostMistakes = 24, NeighbourCount = 5;

    public static void Write(Html html, ReportContext context, ModelOutputs outputs, EvaluationRow row)
    {
        ImageSet test = context.Test;
        int[] wrong = [.. Enumerable.Range(0, test.Count).Where(image => row.Given[image] != test.Labels![image])];
        int[] shown = [.. wrong.Take(MostMistakes)];
        if (shown.Length == 0)
        {
            return;
        }
        int[] near = Neighbours(outputs, shown);
        string beside = near.Length > 0 ? $", each followed by its {NeighbourCount} nearest training images" : "";
        html.Add($"<h3>Misclassified</h3>\n<p class=\"note\">The first {shown.Length} of {wrong.Length} misclassified test images{beside}: "
            + $"true class \u2192 given class.</p>\n<div class=\"mistakes\">\n");
        for (int i = 0; i < shown.Length; i++)
        {
            int image = shown[i];
            int[] neighbours = near.Length > 0 ? near[(i * NeighbourCount)..((i + 1) * NeighbourCount)] : [];
            string label = context.Classes!.NameOf(test.Labels![image]),
                given = row.Given[image] < 0 ? "none" : context.Classes.NameOf(row.Given[image]);
            byte[] pixels = [.. test.Image(image), .. neighbours.SelectMany(neighbour => context.Train.Image(neighbour).ToArray())];
            html.Figure(ImageSheet.Encode(pixels, test.Preprocess, 1 + neighbours.Length, 1),
                $"Test image {image}: {label}, named {given}{beside}", $"{Html.Text(label)} \u2192 {Html.Text(given)}",
                test.Preprocess.IsInk);
        }
        html.Raw("</div>\n");
    }

    // Those of each image one after another, by its embedding; none without embeddings.
    static int[] Neighbours(ModelOutputs outputs, int[] images)
    {
        if (outputs is not { Train: Rows known, Test: Rows asked } || known.Count < NeighbourCount)
        {
            return [];
        }
        var rows = new Rows(images.SelectMany(image => asked[image].ToArray()).ToArray(), asked.Width);
        return NeighbourSearch.Euclidean(rows, known, NeighbourCount).Indices;
    }
}
