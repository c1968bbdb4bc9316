using System.Globalization;
using System.Text;
using Toolchain.Data;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>Writes <c>report.md</c>: the same figures for a reader of text.</summary>
public static class MarkdownReport
{
    // Classes of a confusion table that a page has room for.
    const int MostColumns = 30;

    /// <summary>Text of the file; the same figures give the same text.</summary>
    /// <param name="context">What the report is about.</param>
    /// <param name="rows">The figures.</param>
    /// <param name="errors">What every model classifies wrongly; null where that was not asked.</param>
    public static string Text(ReportContext context, IReadOnlyList<EvaluationRow> rows, SharedErrors? errors = null)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Plain(context.Title)}\n\n{Plain(context.Introduction)}\n");
        foreach (FigureTable table in FiguresSection.Tables(rows, context.Classes))
        {
            Table(text, table.Title, table.Heads, table.Rows);
        }
        text.Append('\n').Append(Plain(FiguresSection.Note(context.IsLabelled))).Append('\n');
        Confusions(text, rows, context.Classes);
        if (errors is { Images.Count: > 0 } && context.Classes is ImageClasses classes)
        {
            Table(text, "Wrong in every model", ["test image", "true class", $"given by {string.Join(", ", errors.Models)}"],
                SharedErrorsSection.Rows(errors, classes));
            text.Append('\n').Append(Plain(errors.Sentence)).Append('\n');
        }
        Table(text, "Origins", ["what", "value"], HtmlReport.Origins(context, rows).Select(line => (string[])[line.Name, line.Value]));
        return text.ToString();
    }

    // Of each model, as the page shows it: a table, or where that would be too wide, the commonest confusions.
    static void Confusions(StringBuilder text, IReadOnlyList<EvaluationRow> rows, ImageClasses? classes)
    {
        foreach (EvaluationRow row in ModelSection.Strict(rows).DistinctBy(row => (row.Method, row.ModelSha256))
            .Where(row => row.ModelSha256 is not null && row.Recall is not null))
        {
            string title = $"Confusion of {row.NameAmong(rows)}, {row.ClustersText(" clusters, ")}";
            if (row.Confusion is { Length: <= MostColumns } table)
            {
                Table(text, title, ["true class", .. classes!.AllNames(), "right"], table.Select((counts, label) => (string[])
                    [classes.NameOf(label), .. counts.Select(count => Html.Number(count, "n0")), Html.Percent(row.Recall![label])]));
            }
            else
            {
                Table(text, title, ["true class as predicted class: test images"],
                    ModelSection.ConfusedPairs(row, classes!).Select(pair => (string[])[pair]));
            }
        }
    }

    static void Table(StringBuilder text, string title, string[] heads, IEnumerable<string[]> rows)
    {
        text.Append("\n## ").Append(Plain(title)).Append("\n\n| ").AppendJoin(" | ", heads.Select(Cell)).Append(" |\n|")
            .Append(string.Concat(Enumerable.Repeat("---|", heads.Length))).Append('\n');
        foreach (string[] row in rows)
        {
            text.Append("| ").AppendJoin(" | ", row.Select(Cell)).Append(" |\n");
        }
    }

    static string Cell(string cell) => Plain(cell).Replace("|", "\\|", StringComparison.Ordinal);

    // Names and metadata are strangers' texts: no markup of theirs is taken, neither Markdown's nor HTML's.
    static string Plain(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (char character in Printable.Line(text))
        {
            _ = character switch
            {
                '&' => result.Append("&amp;"),
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),
                '\\' or '`' or '*' or '_' or '[' or ']' or '!' or '#' or '~' => result.Append('\\').Append(character),
                _ => result.Append(character),
            };
        }
        return result.ToString();
    }
}
