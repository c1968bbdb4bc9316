using System.Text.Json;
using System.Text.Json.Nodes;

namespace Toolchain.Data;

/// <summary>
/// How a picture becomes a model's input, as its metadata says under <see cref="ModelKeys.Preprocess"/>: an object in JSON with `fit`, a
/// <see cref="FitMode"/> in lower case. A model without it was trained on digits, fitted as <see cref="FitMode.Digit"/> says.
/// </summary>
public static class Preprocess
{
    /// <summary>The fit of a model's images.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="path">Names the model in errors.</param>
    /// <exception cref="InvalidDataException">It asks for what this version cannot do.</exception>
    public static FitMode FitOf(IReadOnlyDictionary<string, string> metadata, string path)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (!metadata.TryGetValue(ModelKeys.Preprocess, out string? text))
        {
            return FitMode.Digit;
        }
        string? word = null;
        try
        {
            word = (string?)JsonNode.Parse(text)?["fit"];
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
        }
        string[] words = [.. Enum.GetNames<FitMode>().Select(name => name.ToLowerInvariant())];
        return Array.IndexOf(words, word) is var fit and >= 0 ? (FitMode)fit
            : throw new InvalidDataException($"'{path}': metadata '{ModelKeys.Preprocess}': expected a fit among "
                + $"{string.Join(", ", words)}, found '{Printable.Line(word ?? text)}'; take a newer uvl.");
    }

    /// <summary>Adds the fit to a model's metadata; nothing for digits.</summary>
    /// <param name="metadata">Gets it.</param>
    /// <param name="fit">The fit of the images that the model was trained on.</param>
    public static void AddTo(IDictionary<string, string> metadata, FitMode fit)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (fit != FitMode.Digit)
        {
            metadata[ModelKeys.Preprocess] = $$"""{"fit":"{{Word(fit)}}"}""";
        }
    }

    /// <summary>A fit as metadata and the command line have it.</summary>
    public static string Word(FitMode fit) => fit.ToString().ToLowerInvariant();
}
