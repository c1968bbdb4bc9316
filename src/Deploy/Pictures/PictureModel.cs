using System.Text.Json.Nodes;
using Toolchain.Commands;
using Toolchain.Evaluate;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Inference;
using Toolchain.Inference.Trials;

namespace Toolchain.Deploy.Pictures;

/// <summary>What <c>uvl export --from-picture</c> does: puts the fit of pictures in front of a finished model.</summary>
static class PictureModel
{
    // Pictures of the proof: their number, height and width.
    const int Count = 3, Height = 45, Width = 37;

    /// <summary>Writes the model and says how it was proven.</summary>
    /// <param name="terminal">Receives the lines.</param>
    /// <param name="given">A model of the contract, or its folder.</param>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="channels">Channels of the pictures: 1, 3 or 4.</param>
    /// <exception cref="CheckFailedException">ONNX Runtime and the float64 evaluator do not agree on it.</exception>
    public static void Write(Terminal terminal, string given, string path, int channels)
    {
        string source = CommonOptions.ModelFile(given);
        CommonOptions.RequireApart(path, [path], source);
        OnnxModel fused;
        using (EncoderSession session = EncoderSession.Open(source, new() { Device = ComputeDevice.Cpu, Trial = ProgramStart.Trial }))
        {
            fused = PictureGraph.Fuse(OnnxFile.Load(source), session.Preprocess, channels, session.ClusterDigits);
        }
        IReadOnlyList<ModelAgreement> outputs = ModelAgreement.Measure(fused, Pictures(channels));
        if (outputs.FirstOrDefault(output => !output.Agrees) is { } miss)
        {
            throw new CheckFailedException(FormattableString.Invariant($"'{path}': ONNX Runtime differs from the float64 evaluator by ")
                + FormattableString.Invariant($"{miss.MaxAbsolute:g3} in '{miss.Output}'; nothing was written."));
        }
        fused.Save(path);
        KnownModels.OfUser.Add(path);
        double largest = outputs.Max(output => output.MaxAbsolute);
        terminal.Line(FormattableString.Invariant($"ONNX Runtime {RuntimeInfo.Version} agrees with the float64 evaluator on ")
            + FormattableString.Invariant($"{Count} pictures of {Width} x {Height}, largest difference {largest:g2}"));
        terminal.Line($"input {fused.Inputs[0].Name}: {fused.Inputs[0].Type}; outputs "
            + string.Join(", ", fused.Outputs.Select(output => output.Name)));
        terminal.Line($"model: {path}");
        terminal.Event("exported", new JsonObject
        {
            ["path"] = path,
            ["outputs"] = new JsonArray([.. fused.Outputs.Select(output => JsonValue.Create(output.Name))]),
        });
    }

    // Strokes of a slant each, dark on light paper.
    static Dictionary<string, TensorData> Pictures(int channels)
    {
        var pixels = new byte[Count * Height * Width * channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int pixel, int channel) = Math.DivRem(i, channels);
            (int y, int x) = (pixel / Width % Height, pixel % Width);
            bool isInk = y is > 8 and < 35 && Math.Abs(x - 12 - y * (pixel / (Width * Height)) / 4) < 3;
            pixels[i] = channel == 3 ? byte.MaxValue : (byte)(isInk ? 30 + y : 230 - x % 5);
        }
        return new() { ["picture"] = new TensorData(ElementType.UInt8, [Count, Height, Width, channels], pixels) };
    }
}
