using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Toolchain.Data;

namespace Toolchain.Inference;

/// <summary>
/// How far an embedding lies from those of the training images: the distance to the nearest of K centres of theirs, as a share of the
/// distance that 99 % of held-out training images keep. Above 1 an image is foreign. No label is used. Fitted by `uvl train` and
/// `uvl calibrate`, kept in the model's metadata.
/// </summary>
public sealed class Novelty
{
    /// <summary>Share of held-out training images that lie within <see cref="Distance"/>.</summary>
    public const double Quantile = 0.99;

    readonly float[] centres;
    readonly float[] squares;

    /// <param name="centres">K centres [K,D], row-major; kept as float16.</param>
    /// <param name="dimension">D.</param>
    /// <param name="distance">The distance that <see cref="Quantile"/> of held-out images keep, above 0.</param>
    /// <exception cref="ArgumentException">Sizes disagree, or a number is not finite.</exception>
    public Novelty(ReadOnlySpan<float> centres, int dimension, double distance)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        this.centres = [.. centres.ToArray().Select(value => (float)(Half)value)];
        if (centres.Length == 0 || centres.Length % dimension != 0 || !Array.TrueForAll(this.centres, float.IsFinite)
            || !(double.IsFinite(distance) && distance > 0))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"'{nameof(centres)}' must be finite rows of {dimension} numbers and '{nameof(distance)}' above 0, were {centres.Length} "
                    + $"numbers and {distance}."));
        }
        (Dimension, Distance) = (dimension, distance);
        squares = [.. Enumerable.Range(0, centres.Length / dimension).Select(centre => Dot(Centre(centre), Centre(centre)))];
    }

    /// <summary>K.</summary>
    public int CentreCount => squares.Length;

    /// <summary>D.</summary>
    public int Dimension { get; }

    /// <summary>The distance that <see cref="Quantile"/> of held-out training images keep.</summary>
    public double Distance { get; }

    /// <summary>The nearest centre of an embedding [D], in [0..<see cref="CentreCount"/>), and the distance to it.</summary>
    public (int Centre, float Distance) Nearest(ReadOnlySpan<float> embedding)
    {
        (int nearest, float least) = (0, float.MaxValue);
        for (int centre = 0; centre < squares.Length; centre++)
        {
            float relative = squares[centre] - 2 * Dot(Centre(centre), embedding);
            (nearest, least) = relative < least ? (centre, relative) : (nearest, least);
        }
        return (nearest, MathF.Sqrt(Math.Max(0, least + Dot(embedding, embedding))));
    }

    /// <summary>The score of an embedding [D], from 0 on: its distance over <see cref="Distance"/>.</summary>
    public float Score(ReadOnlySpan<float> embedding) => (float)(Nearest(embedding).Distance / Distance);

    /// <summary>As text for the metadata.</summary>
    public string ToText()
    {
        byte[] bytes = new byte[2 * centres.Length];
        for (int i = 0; i < centres.Length; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (Half)centres[i]);
        }
        return new JsonObject
        {
            ["dimension"] = Dimension,
            ["distance"] = Distance,
            ["centres_float16"] = Convert.ToBase64String(bytes)
        }.ToJsonString();
    }

    /// <summary>Reads <see cref="ToText"/>.</summary>
    /// <exception cref="InvalidModelException">The text is not what it should be.</exception>
    public static Novelty Parse(string text, string path)
    {
        try
        {
            JsonNode node = JsonNode.Parse(text)!;
            byte[] bytes = Convert.FromBase64String((string)node["centres_float16"]!);
            float[] centres = [.. Enumerable.Range(0, bytes.Length / 2).Select(i => (float)BitConverter.ToHalf(bytes, 2 * i))];
            return new Novelty(centres, (int)node["dimension"]!, (double)node["distance"]!);
        }
        catch (Exception damaged) when (damaged is JsonException or FormatException or ArgumentException or InvalidOperationException
            or NullReferenceException)
        {
            throw new InvalidModelException($"'{path}': metadata '{ModelKeys.Novelty}': expected dimension, distance and centres_float16, "
                + "found otherwise; calibrate the model again.", damaged);
        }
    }

    ReadOnlySpan<float> Centre(int index) => centres.AsSpan(index * Dimension, Dimension);

    static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        Vector<float> sums = default;
        int i = 0;
        for (; i <= left.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sums += new Vector<float>(left[i..]) * new Vector<float>(right[i..]);
        }
        float sum = Vector.Sum(sums);
        for (; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }
        return sum;
    }
}
