using System.Text.Json;
using System.Text.Json.Nodes;

namespace Toolchain.Data;

/// <summary>
/// How a picture becomes a model's input. The shape is that of the input; the rest the metadata say under
/// <see cref="ModelKeys.Preprocess"/>: an object in JSON with `fit` and, where it is not judged by the source, `polarity`, each in lower
/// case, and `color`. A model without it was trained on grey digits, fitted as <see cref="FitMode.Digit"/> says.
/// </summary>
/// <param name="Shape">Channels and size of the result.</param>
/// <param name="Fit">What happens to pictures of another size.</param>
/// <param name="Polarity">Which pictures are inverted.</param>
public sealed record Preprocess(ImageShape Shape, FitMode Fit = FitMode.Digit, Polarity Polarity = Polarity.Auto)
{
    /// <summary>That of MNIST's digits.</summary>
    public static Preprocess Mnist { get; } = new(ImageShape.Mnist);

    /// <summary>Whether images are digits in bright ink on black, which pictures are cut to and drawn as dark on white.</summary>
    public bool IsInk => Fit == FitMode.Digit && !Shape.IsRgb;

    /// <summary>What a model's metadata say.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="shape">Of its input.</param>
    /// <param name="path">Names the model in errors.</param>
    /// <exception cref="InvalidDataException">It asks for what this version cannot do.</exception>
    public static Preprocess Of(IReadOnlyDictionary<string, string> metadata, ImageShape shape, string path)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (!metadata.TryGetValue(ModelKeys.Preprocess, out string? text))
        {
            return new(shape, shape.IsRgb ? FitMode.Letterbox : FitMode.Digit);
        }
        JsonObject? said = null;
        try
        {
            said = JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
        }
        return new(shape, Read<FitMode>("fit", null), Read<Polarity>("polarity", Polarity.Auto));

        T Read<T>(string key, T? absent) where T : struct, Enum
        {
            if (absent is { } other && said is not null && !said.ContainsKey(key))
            {
                return other;
            }
            string? word = said?[key] is JsonValue value && value.TryGetValue(out string? found) ? found : null;
            string[] words = [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant())];
            return Array.IndexOf(words, word) is var at and >= 0 ? Enum.GetValues<T>()[at]
                : throw new InvalidDataException($"'{path}': metadata '{ModelKeys.Preprocess}': expected a {key} among "
                    + $"{string.Join(", ", words)}, found '{Printable.Line(word ?? text)}'; take a newer uvl.");
        }
    }

    /// <summary>Adds it to a model's metadata; nothing for grey digits.</summary>
    /// <param name="metadata">Gets it.</param>
    public void AddTo(IDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (IsInk && Polarity == Polarity.Auto)
        {
            return;
        }
        string polarity = Polarity == Polarity.Auto ? "" : $",\"polarity\":\"{Polarity.ToString().ToLowerInvariant()}\"";
        string color = Shape.IsRgb ? ",\"color\":\"rgb\"" : "";
        metadata[ModelKeys.Preprocess] = $$"""{"fit":"{{Word(Fit)}}"{{polarity}}{{color}}}""";
    }

    /// <summary>Such as "28 x 28, digit".</summary>
    public override string ToString() =>
        $"{Shape}, {Word(Fit)}{(Polarity == Polarity.Auto ? "" : $", {Polarity.ToString().ToLowerInvariant()}")}";

    /// <summary>A fit as metadata and the command line have it.</summary>
    public static string Word(FitMode fit) => fit.ToString().ToLowerInvariant();
}
