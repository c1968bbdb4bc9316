using System.Text.Json;
using System.Text.RegularExpressions;

namespace Toolchain.Deploy.Clusters;

/// <summary>The manifests of deploy/kubernetes, filled in.</summary>
static partial class KubernetesManifest
{
    /// <summary>A manifest with names, a command, a volume and an image.</summary>
    /// <param name="manifest">Its name in deploy/kubernetes.</param>
    /// <param name="command">What the pods run.</param>
    /// <param name="name">What jobs are called before their ending.</param>
    /// <param name="volume">The claim, and where pods mount it.</param>
    /// <param name="image">The image.</param>
    public static string Filled(string manifest, string[] command, string name, (string Claim, string Mount) volume, string image)
    {
        using Stream stream = typeof(KubernetesManifest).Assembly.GetManifestResourceStream($"kubernetes/{manifest}")!;
        string text = new StreamReader(stream).ReadToEnd();
        text = CommandPattern().Replace(text, match => $"{match.Groups[1].Value}{Flow(command)}");
        text = text.Replace("name: uvl-", $"name: {name}-", StringComparison.Ordinal)
            .Replace("  name: uvl\nspec:", $"  name: {name}\nspec:", StringComparison.Ordinal);
        text = Replaced(text, "claimName: uvl", $"claimName: {volume.Claim}");
        text = Replaced(text, "mountPath: /data", $"mountPath: {Quoted(volume.Mount)}");
        return Replaced(text, "image: registry.example.com/uvl:1", $"image: {Quoted(image)}");
    }

    /// <summary>A text with another in the place of a part that it must have.</summary>
    public static string Replaced(string text, string from, string to) => text.Contains(from, StringComparison.Ordinal)
        ? text.Replace(from, to, StringComparison.Ordinal)
        : throw new InvalidOperationException($"The manifest has no '{from}'.");

    // A list of words in YAML, of which JSON's is one.
    static string Flow(string[] words) => $"[{string.Join(", ", words.Select(Quoted))}]";

    static string Quoted(string word) => PlainPattern().IsMatch(word) ? word
        : $"\"{JsonEncodedText.Encode(word, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    // No number or other value of YAML, and no sign of it.
    [GeneratedRegex(@"^(--[a-z-]+|/[-a-zA-Z0-9_./]*|uvl|embed|auto)\z")]
    private static partial Regex PlainPattern();

    [GeneratedRegex(@"(command: )\[.*\]")]
    private static partial Regex CommandPattern();
}
