using System.Text.Json;
using System.Text.Json.Serialization;

namespace Toolchain.Evaluate.Protocols;

/// <summary>What made the clusters of a row, in the order in which a report prefers them: the first that a model has is shown.</summary>
[JsonConverter(typeof(WordConverter<Clusterer>))]
public enum Clusterer
{
    /// <summary>The model itself.</summary>
    Own,

    /// <summary>Spectral clustering of its embeddings.</summary>
    Spectral,

    /// <summary>k-means of its embeddings.</summary>
    KMeans,

    /// <summary>A Gaussian mixture of its embeddings.</summary>
    Gmm,

    /// <summary>k-means of its embeddings with clusters of even size.</summary>
    Balanced,
}

/// <summary>A protocol (docs/reference/protocols.md).</summary>
[JsonConverter(typeof(WordConverter<Protocol>))]
public enum Protocol
{
    /// <summary>As many clusters as classes, mapped one-to-one to them.</summary>
    Strict,

    /// <summary>What the poster's own code did.</summary>
    Poster,
}

/// <summary>Names of values as reports and <c>metrics.json</c> have them: "k-means" for <see cref="Clusterer.KMeans"/>.</summary>
public static class Words
{
    /// <summary>The word of a value, in lower case.</summary>
    public static string Word<T>(this T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}

/// <summary>A value as its word; .NET's own converter of enumerations would make the light tool 62 kB larger.</summary>
public sealed class WordConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string? word = reader.GetString();
        foreach (T value in Enum.GetValues<T>())
        {
            if (value.Word() == word)
            {
                return value;
            }
        }
        throw new JsonException($"expected one of {string.Join(", ", Enum.GetValues<T>().Select(value => value.Word()))}, found '{word}'.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.Word());
}
