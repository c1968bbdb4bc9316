using Toolchain.Data;

namespace Toolchain.Evaluate.Report;

/// <summary>What an <c>uvl sweep</c> found: a table of settings with their accuracies, and where it has two axes its heat map.</summary>
/// <param name="Name">Name of the folder.</param>
/// <param name="Table">Markdown: titles, words and tables.</param>
/// <param name="HeatMap">A PNG file, or null.</param>
public sealed record Ablation(string Name, string Table, byte[]? HeatMap)
{
    /// <summary>Reads the folder of a finished sweep.</summary>
    /// <exception cref="FileNotFoundException">It holds no table.</exception>
    public static Ablation Read(string folder)
    {
        string table = Path.Combine(folder, RunLayout.SweepTable), map = Path.Combine(folder, RunLayout.SweepPicture);
        return File.Exists(table)
            ? new Ablation(Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar)), File.ReadAllText(table),
                File.Exists(map) ? File.ReadAllBytes(map) : null)
            : throw new FileNotFoundException($"'{table}': no such file; expected the folder of a finished 'uvl sweep'.", table);
    }

    internal void Write(Html html)
    {
        html.Add($"<h3>{Html.Text(Name)}</h3>\n");
        foreach (string block in Table.Split("\n\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // The second line of a table in Markdown is a rule.
            string[][] rows = [.. block.Split('\n').Where(line => line[0] == '|')
                .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries))];
            if (rows.Length > 2)
            {
                html.Table($"{Name}: {rows[0][0]}", [.. rows[0].Select(Html.Text)],
                    rows.Skip(2).Select(row => (string[])[.. row.Select(Html.Text)]));
            }
            else if (block[0] != '#')
            {
                html.Add($"<p>{Html.Text(block)}</p>\n");
            }
        }
        if (HeatMap is byte[] map)
        {
            html.Figure(map, $"Heat map of {Name}; the values are in the table", "Ours, and in parentheses the poster's.");
        }
    }
}
