using Toolchain.Data;
using Toolchain.Evaluate.Metrics;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>Accuracies as bars from 0 to 100 %, each with its interval, and a mark where the poster has the same.</summary>
static class BarsSection
{
    public static void Write(Html html, IReadOnlyList<ShownModel> shown, IReadOnlyList<EvaluationRow> rows, ImageClasses? classes)
    {
        EvaluationRow[] bars = [.. shown.SelectMany(model => Bars(model.Row, rows)),
            .. rows.Where(row => row.ModelSha256 is null && row.Protocol == Protocol.Strict)];
        if (classes is null || bars.Length == 0)
        {
            return;
        }
        bool isPoster = classes.AreDigits && bars.Any(row => PosterFigures.Of(row) is not null);
        html.Raw("<figure class=\"bars\">\n<ul>\n");
        foreach (EvaluationRow row in bars)
        {
            Bar(html, row, rows, isPoster ? PosterFigures.Of(row) : null);
        }
        string mark = isPoster ? ", <span class=\"key poster\"></span> the poster's figure on MNIST by the same protocol" : "";
        html.Raw("</ul>\n<figcaption>Accuracy from 0 to 100 %: <span class=\"key\"></span> measured, <span class=\"key reach\"></span> its "
            + $"95 % interval{mark}.</figcaption>\n</figure>\n");
    }

    // The row shown, and the first by the poster's protocol where that is another.
    static IEnumerable<EvaluationRow> Bars(EvaluationRow shown, IReadOnlyList<EvaluationRow> rows)
    {
        yield return shown;
        EvaluationRow? poster = rows.FirstOrDefault(row => row.Protocol == Protocol.Poster && row.Method == shown.Method
            && row.ModelSha256 == shown.ModelSha256);
        if (poster is not null && (poster.K, poster.Clusterer) != (shown.K, shown.Clusterer))
        {
            yield return poster;
        }
    }

    static void Bar(Html html, EvaluationRow row, IReadOnlyList<EvaluationRow> rows, PosterFigure? poster)
    {
        (double low, double high) = WilsonInterval.Of(row.Accuracy!.Value, row.Images);
        string pixels = row.ModelSha256 is null ? " pixels" : "";
        html.Add($"<li><span><b>{Html.Text(row.NameAmong(rows))}</b> <span class=\"note\">{row.Protocol.Word()}, {row.ClustersText(" ")}"
            + $"</span></span><span class=\"track\"><span class=\"fill{pixels}\" style=\"width:{100 * row.Accuracy.Value:f2}%\"></span>"
            + $"<span class=\"reach\" style=\"left:{100 * low:f2}%;width:{100 * (high - low):f2}%\"></span>");
        html.Raw(poster is null ? ""
            : $"<span class=\"poster\" title=\"the poster: {poster.Percent}\" style=\"left:{poster.Percent.Replace(" ", "")}\"></span>");
        html.Add($"</span><span>{Html.Percent(row.Accuracy)}</span></li>\n");
    }
}
