using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Evaluate.Plots;
using Toolchain.Graph.Files;

namespace Toolchain.Deploy.Pages;

/// <summary>The files of one model in a site: itself, its training images as one picture, and their numbers.</summary>
static class PageFolder
{
    const int Columns = 50;

    /// <summary>The files by their names in the model's folder.</summary>
    /// <param name="model">What the page needs.</param>
    /// <param name="path">The model's file.</param>
    /// <param name="about">A sentence on the model.</param>
    public static IEnumerable<(string Name, byte[] Content)> Files(PageModel model, string path, string about)
    {
        string decoder = RunLayout.Beside(path, RunLayout.Decoder);
        yield return (RunLayout.Model, File.ReadAllBytes(path));
        if (File.Exists(decoder))
        {
            yield return (RunLayout.Decoder, File.ReadAllBytes(decoder));
        }
        float scale = model.Embeddings.Values.ToArray().Max(Math.Abs) / short.MaxValue;
        yield return ("page.json", Encoding.UTF8.GetBytes(Description(model, about, scale, File.Exists(decoder)).ToJsonString()));
        yield return ("references.bin", Numbers(model, scale));
        yield return ("images.png", Picture(model.Images));
        if (model.Names.Length > 1)
        {
            yield return ("lesson.onnx", LessonGraph.Build(model.Embeddings.Width, model.Names.Length).ToBytes());
        }
    }

    static JsonObject Description(PageModel model, string about, float scale, bool hasDecoder)
    {
        Preprocess preprocess = model.Images.Preprocess;
        return new()
        {
            ["about"] = about,
            ["thing"] = model.Images.Classes is { AreDigits: true } ? "digit" : "image",
            ["width"] = preprocess.Shape.Width,
            ["height"] = preprocess.Shape.Height,
            ["channels"] = preprocess.Shape.Channels,
            ["fit"] = Preprocess.Word(preprocess.Fit),
            ["polarity"] = preprocess.Polarity.ToString().ToLowerInvariant(),
            ["dimension"] = model.Embeddings.Width,
            ["count"] = model.Images.Count,
            ["columns"] = Columns,
            ["scale"] = scale,
            ["limit"] = model.Limit,
            ["classes"] = new JsonArray([.. model.Names.Select(name => JsonValue.Create(name))]),
            ["colours"] = new JsonArray([.. model.Names.Select((_, group) => JsonValue.Create(ClassColours.Of(group)))]),
            ["clusterClasses"] = model.ClusterGroups is null ? null
                : new JsonArray([.. model.ClusterGroups.Select(group => JsonValue.Create(group))]),
            ["hasDecoder"] = hasDecoder,
        };
    }

    // Whole numbers of 16 bits, little-endian: embeddings [R,D] in units of the scale, coordinates [R,2] of 32767 at most, groups [R].
    static byte[] Numbers(PageModel model, float scale)
    {
        float reach = model.Coordinates.Values.ToArray().Max(Math.Abs) / short.MaxValue;
        short[] all = [.. Whole(model.Embeddings.Values, scale), .. Whole(model.Coordinates.Values, reach),
            .. model.Groups.Select(group => (short)group)];
        return MemoryMarshal.AsBytes(all.AsSpan()).ToArray();
    }

    static IEnumerable<short> Whole(ReadOnlyMemory<float> values, float unit) =>
        values.ToArray().Select(value => (short)Math.Round(value / Math.Max(unit, float.Epsilon)));

    // As the model sees them, bright ink on black.
    static byte[] Picture(ImageSet images)
    {
        Preprocess asTheyAre = images.Preprocess with { Fit = FitMode.None };
        return ImageSheet.Encode(images.Pixels, asTheyAre, Columns, 1);
    }
}
