using System.Text;
using Toolchain.Data;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>Writes <c>report.md</c>: the same figures for a reader of text.</summary>
public static class MarkdownReport
{
    /// <summary>Writes the file whole or not at all; the same figures give the same bytes.</summary>
    public static void Write(string path, ReportContext context, IReadOnlyList<EvaluationRow> rows)
    {
        var text = new StringBuilder();
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"# {context.Title}\n\nModels learnt from {context.Train.Count:n0} images of {context.Train.Name} without labels; every figure is of {context.Test.Count:n0} test images.\n");
        Table(text, "Clusters", FiguresSection.Heads, FiguresSection.Rows(rows));
        Table(text, "Embeddings", FiguresSection.EmbeddingHeads, FiguresSection.EmbeddingRows(rows));
        Table(text, "The poster and ours", FiguresSection.PosterHeads, FiguresSection.PosterRows(rows));
        text.Append('\n').Append(FiguresSection.Note.Replace("*", "\\*", StringComparison.Ordinal)).Append('\n');
        Table(text, "Origins", ["what", "value"], HtmlReport.Origins(context, rows).Select(line => (string[])[line.Name, line.Value]));
        AtomicFile.WriteText(path, text.ToString());
    }

    static void Table(StringBuilder text, string title, string[] heads, IEnumerable<string[]> rows)
    {
        text.Append("\n## ").Append(title).Append("\n\n| ").AppendJoin(" | ", heads.Select(Cell)).Append(" |\n|").Append(string.Concat(Enumerable.Repeat("---|", heads.Length))).Append('\n');
        foreach (string[] row in rows)
        {
            text.Append("| ").AppendJoin(" | ", row.Select(Cell)).Append(" |\n");
        }
    }

    static string Cell(string cell) => cell.Replace("*", "\\*", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
}
