using Toolchain.Data;
using Toolchain.Graph;

namespace Toolchain.Cli.Pictures;

/// <summary>What a capsule autoencoder makes of images, by ONNX Runtime from its two files.</summary>
sealed class CapsulePlot
{
    const int mostParts = 9;

    readonly PlotModel encoder, decoder;

    CapsulePlot(PlotModel encoder, PlotModel decoder) => (this.encoder, this.decoder) = (encoder, decoder);

    /// <summary>Reads the two files.</summary>
    /// <exception cref="FileNotFoundException">One is not there.</exception>
    /// <exception cref="Inference.InvalidModelException">One is damaged, or of another kind.</exception>
    public static CapsulePlot Load(string encoderPath, string decoderPath)
    {
        PlotModel decoder = LoadDecoder(decoderPath);
        return new(LoadEncoder(encoderPath, decoder), decoder);
    }

    /// <summary>A row for each image: itself, from its parts, from its objects, and its most present parts.</summary>
    /// <param name="data">The images.</param>
    /// <param name="arrays">Folder that also gets the tensors; null for none.</param>
    public (byte[] Pixels, int Columns) Rows(ImageSet data, string? arrays)
    {
        float[] pixels = data.ToFloats(0, data.Count);
        IReadOnlyDictionary<string, TensorData> seen =
            Run(encoder, new() { ["image"] = TensorData.Of(pixels, data.Count, 1, ImageSet.Side, ImageSet.Side) }, arrays is null ? null
            : Path.Combine(arrays, "encoder"));
        (double[] fromParts, double[] alone, int side) = Draw(decoder, seen["pose"], seen["part_presence"], seen["feature"], arrays is null
            ? null : Path.Combine(arrays, "decoder"));
        (double[] fromObjects, _, _) = Draw(decoder, seen["vote"], seen["part_presence"], seen["feature"]);
        double[] presence = seen["part_presence"].ToDoubles();
        int parts = presence.Length / data.Count, shown = Math.Min(mostParts, parts);
        var sheet = new List<byte>();
        for (int image = 0; image < data.Count; image++)
        {
            sheet.AddRange(data.Image(image));
            sheet.AddRange(Middle(fromParts, image, side));
            sheet.AddRange(Middle(fromObjects, image, side));
            foreach (int part in Enumerable.Range(0, parts).OrderByDescending(part => presence[image * parts + part]).Take(shown))
            {
                sheet.AddRange(Middle(alone, image * parts + part, side));
            }
        }
        return ([.. sheet], 3 + shown);
    }

    /// <summary>All parts, each straight in the middle and as large as the canvas.</summary>
    public (byte[] Pixels, int Parts) Templates()
    {
        int parts = decoder.Size("presence", 1), features = decoder.Size("feature", 2);
        float[] pose = [.. Enumerable.Range(0, parts).SelectMany(_ => new float[] { 1, 0, 0, 0, 1, 0 })];
        (_, double[] alone, int side) =
            Draw(decoder, TensorData.Of(pose, 1, parts, 6), TensorData.Of(Enumerable.Repeat(1f, parts).ToArray(), 1, parts),
            TensorData.Of(new float[parts * features], 1, parts, features));
        double brightest = alone.Max(); // colours of features that no image has are of no meaning
        return ([.. Enumerable.Range(0, parts).SelectMany(part => Middle([.. alone.Select(value => value / brightest)], part, side))],
        parts);
    }

    static (double[] Image, double[] Part, int Side) Draw(PlotModel decoder, TensorData pose, TensorData presence, TensorData feature,
        string? arrays = null)
    {
        IReadOnlyDictionary<string, TensorData> drawn =
            Run(decoder, new() { ["pose"] = pose, ["presence"] = presence, ["feature"] = feature }, arrays);
        TensorData image = drawn["image"], part = drawn["part"];
        long side = image.Sizes[^1];
        return side >= ImageSet.Side && image.Sizes.SequenceEqual([presence.Sizes[0], 1, side, side])
            && part.Sizes.SequenceEqual([.. presence.Sizes, side, side])
            ? (image.ToDoubles(), part.ToDoubles(), (int)side)
            : throw decoder.Broken($"images and parts of at least {ImageSet.Side} x {ImageSet.Side} pixels",
            $"image {Shape.Of(image.Sizes)}, part {Shape.Of(part.Sizes)}");
    }

    // Also as numbers in a folder, where one is named.
    static IReadOnlyDictionary<string, TensorData> Run(PlotModel model, Dictionary<string, TensorData> inputs, string? arrays)
    {
        IReadOnlyDictionary<string, TensorData> outputs = model.Run(inputs);
        if (arrays is not null)
        {
            TensorFolder.Write(arrays, [.. inputs.Select(input => ($"in.{input.Key}", input.Value)),
                .. outputs.Select(output => ($"out.{output.Key}", output.Value))]);
        }
        return outputs;
    }

    // The middle 28 x 28 pixels of a canvas.
    static IEnumerable<byte> Middle(double[] canvases, int index, int side)
    {
        int margin = (side - ImageSet.Side) / 2;
        for (int y = 0; y < ImageSet.Side; y++)
        {
            for (int x = 0; x < ImageSet.Side; x++)
            {
                yield return (byte)Math.Round(255 * Math.Clamp(canvases[(index * side + margin + y) * side + margin + x], 0, 1));
            }
        }
    }

    static PlotModel LoadDecoder(string path) => PlotModel.Load(path, "a decoder of capsules",
        [PlotModel.Float("pose", "N", "P", 6), PlotModel.Float("presence", "N", "P"), PlotModel.Float("feature", "N", "P", "F")],
        [PlotModel.Float("image", "N", 1, "H", "W"), PlotModel.Float("part", "N", "P", "H", "W")]);

    // One that speaks of as many parts and features as the decoder.
    static PlotModel LoadEncoder(string path, PlotModel decoder)
    {
        int parts = decoder.Size("presence", 1), features = decoder.Size("feature", 2);
        return PlotModel.Load(path, "a model of capsules",
            [PlotModel.Float("image", "N", 1, ImageSet.Side, ImageSet.Side)],
            [PlotModel.Float("part_presence", "N", parts), PlotModel.Float("pose", "N", parts, 6), PlotModel.Float("vote", "N", parts, 6),
                PlotModel.Float("feature", "N", parts, features)]);
    }
}
