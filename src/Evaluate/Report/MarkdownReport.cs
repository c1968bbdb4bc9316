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
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"# {context.Title}\n\n{context.Introduction}\n");
        foreach (FigureTable table in FiguresSection.Tables(rows, context.IsLabelled))
        {
            Table(text, table.Title, table.Heads, table.Rows);
        }
        text.Append('\n').Append(FiguresSection.Note(context.IsLabelled).Replace("*", "\\*", StringComparison.Ordinal)).Append('\n');
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
