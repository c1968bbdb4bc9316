using System.Text.RegularExpressions;

namespace Toolchain.EndToEnd.Docs;

/// <summary>The Markdown files of the repository, and what they point to.</summary>
static partial class MarkdownFiles
{
    static readonly string[] skipped = ["artifacts", "node_modules", "obj", "bin", ".git", "runs"];

    /// <summary>Paths relative to the checkout, in ordinal order.</summary>
    public static string[] All { get; } = [.. Walk(Checkout.Root).Order(StringComparer.Ordinal)];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Checkout.Root, path));

    /// <summary>Targets of links and pictures, without those inside of code.</summary>
    public static IEnumerable<string> Links(string text) =>
        Link().Matches(Code().Replace(text, "")).Select(match => match.Groups["target"].Value);

    /// <summary>The anchors of a text's headings, as GitHub makes them.</summary>
    public static IEnumerable<string> Anchors(string text) => Heading().Matches(Code().Replace(text, "`")).Select(match =>
        NotInAnchors().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    static IEnumerable<string> Walk(string folder) => Directory.GetFiles(folder, "*.md")
        .Select(path => Path.GetRelativePath(Checkout.Root, path).Replace('\\', '/'))
        .Concat(Directory.GetDirectories(folder).Where(child => !skipped.Contains(Path.GetFileName(child))).SelectMany(Walk));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)|<img src=""(?<target>[^""]+)""")]
    private static partial Regex Link();

    [GeneratedRegex(@"```.*?```", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("[^a-z0-9 _-]")]
    private static partial Regex NotInAnchors();
}
