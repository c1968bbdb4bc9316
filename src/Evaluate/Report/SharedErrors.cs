using System.Text.Json.Serialization;
using Toolchain.Data;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>Test images that every model of a report classifies wrongly.</summary>
/// <param name="Models">The models by name, at least two.</param>
/// <param name="Images">The images, ascending.</param>
public sealed record SharedErrors(IReadOnlyList<string> Models, IReadOnlyList<SharedError> Images)
{
    /// <summary>How many of them have a label that people doubt.</summary>
    [JsonIgnore]
    public int DoubtfulCount => Images.Count(image => image.IsDoubtful);

    /// <summary>The sentence that a report and the terminal begin with.</summary>
    [JsonIgnore]
    public string Sentence => $"All {Models.Count} models classify {Printable.Count(Images.Count, "test image")} wrongly"
        + (DoubtfulCount > 0 ? $"; people doubt the label of {DoubtfulCount} of them" : "") + ".";

    /// <summary>Those of the rows that a report shows of its models; null for fewer than two models or without labels.</summary>
    /// <param name="rows">The figures.</param>
    /// <param name="models">The models.</param>
    /// <param name="test">The test images.</param>
    public static SharedErrors? Of(IReadOnlyList<EvaluationRow> rows, IReadOnlyList<ReportedModel> models, ImageSet test)
    {
        EvaluationRow[] shown = [.. models.Select(model => ModelSection.Shown(rows, model)).OfType<EvaluationRow>()
            .Where(row => row.Accuracy is not null)];
        if (shown.Length < 2 || test.Labels is not int[] labels)
        {
            return null;
        }
        IReadOnlyList<int> doubtful = DoubtfulLabels.Of(test);
        return new([.. shown.Select(row => row.NameAmong(rows))], [.. Enumerable.Range(0, test.Count)
            .Where(image => shown.All(row => row.Given[image] != labels[image]))
            .Select(image => new SharedError(image, labels[image], [.. shown.Select(row => row.Given[image])], doubtful.Contains(image)))]);
    }
}

/// <summary>One of them.</summary>
/// <param name="Image">Its index among the test images.</param>
/// <param name="Label">Its label.</param>
/// <param name="Given">The class that each model gives it, -1 for none.</param>
/// <param name="IsDoubtful">Whether people doubt its label.</param>
public sealed record SharedError(int Image, int Label, IReadOnlyList<int> Given, bool IsDoubtful);
