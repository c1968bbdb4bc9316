using System.Buffers;
using System.Globalization;
using System.Text;

namespace Toolchain.Data;

/// <summary>
/// Texts of strangers, such as file names and metadata, made safe to print: a control character could hide or forge a line, or steer a
/// terminal.
/// </summary>
public static class Printable
{
    // C0 and C1 controls, line and paragraph separators, and those that turn the direction of text.
    static readonly SearchValues<char> unsafeCharacters = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Concat(Enumerable.Range(127, 33)).Concat([0x61C, 0x200E, 0x200F, 0x2028, 0x2029])
            .Concat(Enumerable.Range(0x202A, 5)).Concat(Enumerable.Range(0x2066, 4)).Select(code => (char)code)]);

    /// <summary>A number with its unit, in the plural where it is not 1: "1 row", "2,000 rows".</summary>
    public static string Count(long number, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:n0} {unit}{(number == 1 ? "" : "s")}");

    /// <summary>A path as a word of a shell: in single quotes where it has other than letters, digits and -_./=,:.</summary>
    public static string Word(string path) => path.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./=,:".Contains(letter)) ? path
        : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>The text with each control character as <c>\u</c> and four hexadecimal digits; the same text where there is none.</summary>
    public static string Line(string text) => Escape(text, keepLineFeeds: false);

    /// <summary>The same of a text of several lines, whose line feeds stay.</summary>
    public static string Lines(string text) => Escape(text, keepLineFeeds: true);

    static string Escape(string text, bool keepLineFeeds)
    {
        if (!text.AsSpan().ContainsAny(unsafeCharacters))
        {
            return text;
        }
        var result = new StringBuilder(text.Length + 16);
        foreach (char character in text)
        {
            if (unsafeCharacters.Contains(character) && !(keepLineFeeds && character == '\n'))
            {
                result.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                result.Append(character);
            }
        }
        return result.ToString();
    }
}
