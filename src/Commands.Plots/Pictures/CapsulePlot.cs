using Toolchain.Data;
using Toolchain.Evaluate.Plots;
using Toolchain.Graph;

namespace Toolchain.Commands.Plots.Pictures;

/// <summary>What a capsule autoencoder makes of images, by ONNX Runtime from its two files.</summary>
sealed class CapsulePlot
{
    const int TemplateColumns = 10;

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

    /// <summary>How pictures become the encoder's images.</summary>
    public Preprocess Preprocess => encoder.Preprocess;

    /// <summary>A row for each image: itself, from its parts, from its objects, and its most present parts.</summary>
    /// <param name="data">The images.</param>
    /// <param name="arrays">Folder that also gets the tensors; null for none.</param>
    public ImageRows Rows(ImageSet data, string? arrays)
    {
        float[] pixels = data.ToFloats(0, data.Count);
        IReadOnlyDictionary<string, TensorData> seen = Run(encoder,
            new() { ["image"] = TensorData.Of(pixels, data.Shape.Axes(data.Count)) }, Under(arrays, "encoder"));
        var parts = new CapsuleParts(seen["pose"], seen["part_presence"], seen["feature"]);
        return CapsuleSheet.Rows(data, parts.Presence, Draw(parts, Under(arrays, "decoder")), Draw(parts with { Pose = seen["vote"] }));
    }

    /// <summary>All parts, each straight in the middle and as large as the canvas.</summary>
    public ImageRows Templates() => CapsuleSheet.Templates(
        Draw(CapsuleSheet.TemplateInputs(decoder.Size("presence", 1), decoder.Size("feature", 2))), Preprocess, TemplateColumns);

    CapsuleDrawing Draw(CapsuleParts parts, string? arrays = null)
    {
        IReadOnlyDictionary<string, TensorData> drawn = Run(decoder,
            new() { ["pose"] = parts.Pose, ["presence"] = parts.Presence, ["feature"] = parts.Feature }, arrays);
        var drawing = new CapsuleDrawing(drawn["image"], drawn["part"]);
        return drawing.Fits(parts.Presence.Sizes[0], parts.Presence.Sizes[1], Preprocess.Shape) ? drawing
            : throw decoder.Broken($"images and parts of at least {Preprocess.Shape} pixels",
                $"image {Shape.Of(drawing.Image.Sizes)}, part {Shape.Of(drawing.Part.Sizes)}");
    }

    static string? Under(string? folder, string name) => folder is null ? null : Path.Combine(folder, name);

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

    static PlotModel LoadDecoder(string path) => PlotModel.Load(path, "a decoder of capsules",
        [PlotModel.Float("pose", "N", "P", 6), PlotModel.Float("presence", "N", "P"), PlotModel.Float("feature", "N", "P", "F")],
        [PlotModel.Float("image", "N", "C", "H", "W")]);

    // One that speaks of as many parts and features as the decoder.
    static PlotModel LoadEncoder(string path, PlotModel decoder)
    {
        int parts = decoder.Size("presence", 1), features = decoder.Size("feature", 2);
        return PlotModel.Load(path, "a model of capsules",
            [PlotModel.Float("image", "N", "C", "H", "W")],
            [PlotModel.Float("part_presence", "N", parts), PlotModel.Float("pose", "N", parts, 6), PlotModel.Float("vote", "N", parts, 6),
                PlotModel.Float("feature", "N", parts, features)]);
    }
}
