using System.Globalization;

namespace Toolchain.Data;

/// <summary>Names that come from a file, for messages.</summary>
static class PlainText
{
    /// <summary>The text with control characters, line ends among them, written as \xNN: a message stays one line, and a terminal shows
    /// what is there.</summary>
    public static string Escape(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(letter => char.IsControl(letter)
            ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)letter:x2}") : $"{letter}"))
        : text;
}
