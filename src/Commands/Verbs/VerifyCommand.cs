using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Toolchain.Data;
using Toolchain.Evaluate;
using Toolchain.Graph;
using Toolchain.Graph.Inspection;
using Toolchain.Inference;

namespace Toolchain.Commands.Verbs;

/// <summary><c>uvl verify MODEL [--data D]</c>: structure, contract, and agreement of the float64 evaluator with ONNX Runtime.</summary>
public static class VerifyCommand
{
    const int MostImages = 16;

    // The evaluator is slow on purpose: this is about a minute of it, and half a gigabyte.
    const double MostFlops = 4e9, MostElements = 6e7;

    static readonly TimeSpan MostTime = TimeSpan.FromSeconds(60);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var common = new CommonOptions { Data = { Description = "Images to run, as for other commands; without it, random input." } };
        var model = new Argument<string>("MODEL") { Description = "Any ONNX file, or a folder with a model.onnx." };
        var command =
            new Command("verify", "Print the contents of a model and check it: structure, contract, and ONNX Runtime against a float64 "
            + "evaluator.\n\nExample: uvl verify runs/quick/moco/model.onnx --data mnist")
        {
            model, common.Data, common.Fit, common.Polarity, common.Transpose, common.SkipBad,
        };
        command.SetAction(parsed =>
        {
            var terminal = new Terminal(parsed);
            string path = CommonOptions.ModelFile(parsed.GetValue(model)!);
            ModelInspection found = InspectedModel.Load(path);
            InspectionText.Print(terminal, path, found);
            terminal.Line();
            ImageSet? data = parsed.GetValue(common.Data) is string spec ? common.Open(parsed, terminal, spec, Split.Test,
                PreprocessOf(path, found)) : null;
            Check trial = Trial(path);
            Check[] checks = trial.Passed is true
                ? [Structure(found), trial, Contract(path, found), Agreement(found, data)]
                : [Structure(found), trial];
            foreach (Check check in checks)
            {
                terminal.Line($"{check.Name,-10}  {check.Result}");
            }
            terminal.Event("verified", new JsonObject
            {
                ["path"] = path,
                ["model"] = JsonSerializer.SerializeToNode(found, CommandJson.Default.ModelInspection),
                ["checks"] = JsonSerializer.SerializeToNode(checks, CommandJson.Default.CheckArray),
            });
            string[] failed = [.. checks.Where(check => check.Passed is false).Select(check => $"{check.Name}: {check.Result}")];
            return failed.Length == 0 ? ExitCodes.Ok
                : checks.Any(check => check is { Name: "trial" or "contract" or "numbers", Passed: false })
                ? throw new InvalidModelException($"'{path}': {string.Join("; ", failed)}")
                : throw new CheckFailedException($"'{path}': {string.Join("; ", failed)}");
        });
        return command;
    }

    static Check Structure(ModelInspection found) => found.Foreign.Count == 0
        ? new("structure", true, $"sound: {found.Nodes.Count} nodes with types and shapes checked")
        : new("structure", null, $"sound as far as known; not checked: {string.Join("; ", found.Foreign)}");

    static Check Trial(string path)
    {
        try
        {
            ProgramStart.Trial.Require(path);
            return new("trial", true, "runs within bounds on random input, in a process of its own");
        }
        catch (InvalidModelException error)
        {
            return new("trial", false, error.Message.Replace($"'{path}': ", "", StringComparison.Ordinal));
        }
    }

    static Check Contract(string path, ModelInspection found)
    {
        if (found.Metadata.ContainsKey(ModelKeys.Decoder))
        {
            return new("contract", true, $"a decoder: {string.Join(", ", found.Inputs)} to {string.Join(", ", found.Outputs)}");
        }
        try
        {
            using EncoderSession session = EncoderSession.Open(path);
            return new("contract", true, $"met: image to {string.Join(", ", found.Outputs)}");
        }
        catch (InvalidModelException error)
        {
            return new("contract", false, $"not met: {error.Message}");
        }
    }

    static Check Agreement(ModelInspection found, ImageSet? data)
    {
        if (found.Model is not OnnxModel model)
        {
            return new("agreement", null, "not measured, for the same reason");
        }
        int rows = data is null ? 2 : Math.Min(MostImages, data.Count);
        if (found.FlopsPerRow is not double flops || found.ElementsPerRow is not double elements || flops * rows > MostFlops
            || elements * rows > MostElements)
        {
            return new("agreement", null, string.Create(CultureInfo.InvariantCulture, $"not measured: {found switch
            {
                { FlopsPerRow: null } or { ElementsPerRow: null } => "the sizes of the model's tensors are not known",
                { FlopsPerRow: double many } when many * rows > MostFlops => $"{many:g3} FLOPs per row are too many for the evaluator",
                _ => $"{found.ElementsPerRow:g3} elements per row are too many for the evaluator",
            }}"));
        }
        try
        {
            Task<IReadOnlyList<ModelAgreement>> measuring = Task.Run(() => ModelAgreement.Measure(model,
                data is null ? ModelAgreement.SampleInputs(model) : Images(model, data, rows)));
            // The evaluator is slow in some operators; its thread ends with the process.
            if (!((IAsyncResult)measuring).AsyncWaitHandle.WaitOne(MostTime))
            {
                return new("agreement", null, $"not measured: the evaluator needs more than {MostTime.TotalSeconds:f0} s");
            }
            IReadOnlyList<ModelAgreement> outputs = measuring.GetAwaiter().GetResult();
            if (outputs.FirstOrDefault(output => double.IsNaN(output.MaxAbsolute)) is ModelAgreement nan)
            {
                return new("numbers", false, $"NaN in '{nan.Output}' on {(data is null ? "random input" : $"{rows} images")}; the model "
                    + $"is broken or was trained to divergence");
            }
            return new("agreement", outputs.All(output => output.Agrees), string.Create(CultureInfo.InvariantCulture,
                $"ONNX Runtime {RuntimeInfo.Version} differs from the float64 evaluator on "
                    + $"{(data is null ? "random input" : $"{rows} images")} by "
                    + $"{string.Join(", ", outputs.Select(output => $"{output.MaxAbsolute:g3} in '{output.Output}'"))}; allowed are "
                    + $"{ModelAgreement.Tolerance(model):g3} + {ModelAgreement.Tolerance(model):g3} of the value"));
        }
        catch (Exception error) when (error is InvalidModelException or GraphException)
        {
            return new("agreement", false, error.Message.ReplaceLineEndings(" "));
        }
    }

    // A free axis takes MNIST's size.
    static Preprocess? PreprocessOf(string path, ModelInspection found)
    {
        if (found.Model is not OnnxModel model)
        {
            return null;
        }
        ImageShape? shape = model.Inputs is [Value only] && only.Type is { Element: ElementType.Float32, Shape: { Count: 4 } axes }
            ? ImageShape.Of([1, axes[1].Size ?? 1, axes[2].Size ?? ImageShape.Mnist.Height, axes[3].Size ?? ImageShape.Mnist.Width]) : null;
        return shape is null ? throw new ArgumentException($"--data: expected a model with one input [N,C,H,W] of images, found "
            + $"{string.Join(", ", model.Inputs.Select(value => $"{value.Name} {value.Shape}"))}; leave --data out.")
            : Preprocess.Of(found.Metadata, shape.Value, path);
    }

    static Dictionary<string, TensorData> Images(OnnxModel model, ImageSet data, int count)
    {
        return new() { [model.Inputs[0].Name] = TensorData.Of(data.ToFloats(0, count), data.Shape.Axes(count)) };
    }
}
