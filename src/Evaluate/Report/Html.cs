using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Toolchain.Evaluate.Report;

/// <summary>Text of a page, in the invariant culture, and the pieces that sections share.</summary>
sealed class Html
{
    readonly StringBuilder text = new();

    /// <summary>Stands for a figure that was not taken.</summary>
    public const string None = "-";

    public static string Percent(double? share) => share is double known ? known.ToString("p2", CultureInfo.InvariantCulture) : None;

    public static string Number(double? number, string format = "f3") => number is double known && double.IsFinite(known)
        ? known.ToString(format, CultureInfo.InvariantCulture) : None;

    public static string Text(string text) => WebUtility.HtmlEncode(Data.Printable.Lines(text));

    /// <summary>A script that lies in the assembly.</summary>
    public static string Resource(string name)
    {
        using Stream stream = typeof(Html).Assembly.GetManifestResourceStream(name)!;
        return new StreamReader(stream).ReadToEnd();
    }

    /// <summary>A word that can be an anchor.</summary>
    public static string Anchor(string text) =>
        string.Concat(text.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));

    /// <summary>Adds markup as it is. An overload of Add would turn an interpolated text into a string of the current culture.</summary>
    public void Raw(string markup) => text.Append(markup);

    public void Add([InterpolatedStringHandlerArgument("")] ref Markup markup) => markup.End();

    /// <summary>A table whose rows are cards on a phone; its first column is its rows' names.</summary>
    /// <param name="name">What it shows, for readers of the screen and as its caption.</param>
    /// <param name="heads">Heads of the columns; empty for none.</param>
    /// <param name="rows">Cells, which may hold markup.</param>
    /// <param name="best">Index of the row that is marked as the best; -1 for none.</param>
    public void Table(string name, IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows, int best = -1)
    {
        Add($"<div class=\"wide cards\" tabindex=\"0\" role=\"region\" aria-label=\"{Text(name)}\">\n<table>\n"
            + $"<caption>{Text(name)}</caption>\n");
        if (heads.Count > 0)
        {
            Add($"<thead><tr>{string.Concat(heads.Select(head => $"<th scope=\"col\">{head}</th>"))}</tr></thead>\n");
        }
        Raw("<tbody>\n");
        int index = 0;
        foreach (IReadOnlyList<string> row in rows)
        {
            Add($"<tr{(index++ == best ? " class=\"best\"" : "")}><th scope=\"row\">{row[0]}</th>"
                + $"{string.Concat(row.Skip(1).Select((cell, column) => $"<td{Head(column + 1)}{Kind(cell)}>{cell}</td>"))}</tr>\n");
        }
        Raw("</tbody>\n</table>\n</div>\n");

        static string Kind(string cell) => cell.Length > 0 && char.IsLetter(cell[0]) ? " class=\"word\"" : "";

        string Head(int column) => column < heads.Count ? $" data-head=\"{heads[column]}\"" : "";
    }

    /// <summary>A picture inside the page.</summary>
    /// <param name="png">The bytes of a PNG file.</param>
    /// <param name="alternative">What it shows, for those who do not see it.</param>
    /// <param name="caption">Below it; may hold markup.</param>
    /// <param name="isInk">Whether it is dark ink on white, which turns light on dark for a reader who likes it dark.</param>
    public void Figure(byte[] png, string alternative, string caption, bool isInk = false) =>
        Add($"<figure><img{(isInk ? " class=\"ink\"" : "")} src=\"data:image/png;base64,{Convert.ToBase64String(png)}\" "
        + $"alt=\"{Text(alternative)}\"><figcaption>{caption}</figcaption></figure>\n");

    public override string ToString() => text.ToString();

    /// <summary>An interpolated text, or several added up, that is appended as it is made.</summary>
    [InterpolatedStringHandler]
    public ref struct Markup
    {
        StringBuilder.AppendInterpolatedStringHandler handler;

        public Markup(int literalLength, int formattedCount, Html html) =>
            handler = new(literalLength, formattedCount, html.text, CultureInfo.InvariantCulture);

        public void AppendLiteral(string literal) => handler.AppendLiteral(literal);

        public void AppendFormatted<T>(T value) => handler.AppendFormatted(value);

        public void AppendFormatted<T>(T value, string? format) => handler.AppendFormatted(value, format);

        internal void End() => handler = default;
    }
}
