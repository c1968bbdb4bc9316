using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Toolchain.Commands;
using Toolchain.Data;
using Toolchain.Deploy.Verbs;
using Toolchain.Evaluate;
using Toolchain.Export.Quantization;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Graph.Inspection;
using Toolchain.Inference.Trials;
using Toolchain.Train.Runs;

namespace Toolchain.Cli.Commands;

/// <summary><c>uvl export RUN</c>.</summary>
static class ExportCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var folder = new Argument<string?>("RUN")
        {
            Description = "A run folder; with --from-picture a model.",
            Arity = ArgumentArity.ZeroOrOne
        };
        var output = new Option<string?>("--out") { Description = "Output file; by default model.onnx in the run folder." };
        var opset = new Option<int>("--opset")
        {
            Description = "Opset version, 13 to 23.",
            DefaultValueFactory = _ => 17,
            Validators = { RequireKnown }
        };
        var half = new Option<bool>("--half")
        {
            Description = "Weights and computation in float16; input and outputs stay float32. The error is reported."
        };
        var quantize = new Choice<Quantization?>("--quantize")
        {
            Description =
                "Weights and activations in 8 bits (QDQ form), calibrated on training images; prints size and accuracy before and after."
        };
        var calibration = new Choice<CalibrationMethod>("--calibration")
        {
            Description = "With --quantize: activation ranges from minimum to maximum, or without the outermost 0.01 %."
        };
        var calibrationImages = new Option<int>("--calibration-images")
        {
            Description = "With --quantize: number of training images for calibration.",
            DefaultValueFactory = _ => QuantizedExport.CalibrationImages,
            Validators = { RequirePositive }
        };
        var manifest = new Option<bool>("--manifest")
        {
            Description = "Also write manifest.json beside the model: the run's, with the digests of what was exported."
        };
        var data = new Option<string?>("--data") { Description = "The run's training images, if they have moved." };
        var picture = new PictureExport();
        var training = new Option<bool>("--training")
        {
            Description = "Write a step of the training of RUN, a run or a model, as a model for other runtimes, with its start, into the "
                + "folder --out."
        };
        var classes = new Option<int?>("--classes")
        {
            Description = "With --training: learn so many classes from labels; without it momentum contrast, which needs none.",
            Validators = { RequirePositive }
        };
        var weights = new Option<string?>("--weights")
        {
            Description = "Write a copy of RUN into the folder --out, with the encoder's weights of this tuned model (.onnx) or the state "
                + "of its training elsewhere (.safetensors): uvl export and uvl train --resume go on from it."
        };
        var info = new Option<string?>("--info") { Description = "Print the contents of any ONNX file and export nothing." };
        var command = new Command("export", "Export the model of a run as ONNX, proven against TorchSharp, a float64 evaluator and ONNX "
            + "Runtime.\n\nExample: uvl export runs/moco/run-001 --out encoder.onnx")
        {
            folder, output, data, opset, half, quantize, calibration, calibrationImages, manifest,
                picture.FromPicture, picture.Channels, training, classes, weights, info, common.SkipBad,
        };
        command.SetAction(parsed =>
        {
            var terminal = new Terminal(parsed);
            if (parsed.GetValue(info) is string named)
            {
                string file = CommonOptions.ModelFile(named);
                ModelInspection found = InspectedModel.Load(file);
                InspectionText.Print(terminal, file, found);
                terminal.Event("model", found);
                return;
            }
            if (parsed.GetValue(picture.FromPicture))
            {
                picture.Run(parsed, parsed.GetValue(folder), parsed.GetValue(output));
                return;
            }
            if (parsed.GetValue(training) && (parsed.GetValue(half) || parsed.GetValue(quantize) is not null
                || parsed.GetValue(weights) is not null))
            {
                throw new ArgumentException("--training excludes --half, --quantize and --weights; expected it without them.");
            }
            var wanted = new TrainingExport(terminal, parsed.GetValue(folder), parsed.GetValue(output));
            if (parsed.GetValue(training) && wanted.IsOfEncoder(parsed.GetValue(classes)))
            {
                wanted.WriteOfEncoder(parsed.GetValue(classes));
                return;
            }
            if (parsed.GetValue(half) && parsed.GetValue(quantize) is not null)
            {
                throw new ArgumentException("--half and --quantize exclude each other; expected one of them.");
            }
            RunFolder run = RunFolder.Open(parsed.GetValue(folder)
                ?? throw new ArgumentException("expected RUN, a run folder, or --info MODEL; found neither."));
            var config = RunConfig.Read(run);
            TrainingRun.RequireOwnFiles(run);
            string? tuned = parsed.GetValue(weights);
            string path = parsed.GetValue(output) ?? (tuned is null ? run.Model
                : throw new ArgumentException("--weights: expected --out FOLDER for the run with these weights, found none."));
            if (tuned is null && !parsed.GetValue(training))
            {
                Endings.Require(path, ".onnx");
            }
            string spec = parsed.GetValue(data) ?? config.DataSpec;
            var request = new TrainingRequest
            {
                Data = common.Open(parsed, terminal, spec, Split.Train, config.Preprocess),
                DataSpec = spec,
                Options = config.Options,
                Seed = config.Seed,
                Version = ProgramVersion.Text,
                SecondRuntime = Devices.OnnxRuntime,
                Half = parsed.GetValue(half),
            };
            config.Require(run, request);
            if (parsed.GetValue(training))
            {
                wanted.WriteOfRun(config.Method, run, request);
                return;
            }
            if (tuned is not null)
            {
                WriteRetuned(terminal, run, path, request, tuned);
                return;
            }
            TrainedModel exported = config.Method.Export(run, request, parsed.GetValue(opset));
            exported = exported with { Model = Calibration.CopyFit(exported.Model, run.Model) };
            QuantizedExport? quantized = parsed.GetValue(quantize) is null ? null : QuantizedExport.Make(exported.Model, request.Data,
                common.Open(parsed, terminal, spec, Split.Test, config.Preprocess), parsed.GetValue(calibrationImages),
                parsed.GetValue(calibration));
            exported = quantized is null ? exported : exported with { Model = quantized.Model };
            string? beside = exported.Decoder?.FileBeside(path);
            // The manifest of a finished run goes with its model.
            bool hasManifest = parsed.GetValue(manifest)
                || (Path.GetFullPath(path) == Path.GetFullPath(run.Model) && File.Exists(run.Manifest));
            Write(exported, path, beside, hasManifest ? TrainingRun.ManifestOf(run, exported) : null);
            KnownModels.OfUser.Add(path);
            terminal.Line(exported.Parity);
            if (quantized is not null)
            {
                terminal.Line(quantized.ToString());
            }
            terminal.Line($"model: {path}{(beside is null ? "" : $"\n{exported.Decoder!.Name}: {beside}")}");
            terminal.Event("exported", new
            {
                Method = config.Method.Name,
                Path = path,
                Beside = beside,
                exported.Parity,
                Quantization = quantized is null ? null : new
                {
                    quantized.Bytes,
                    quantized.FloatBytes,
                    quantized.Comparison.Images,
                    quantized.Comparison.Cosine,
                    FloatAccuracy = quantized.Comparison.OriginalAccuracy,
                    quantized.Comparison.Accuracy,
                    quantized.Comparison.SameClusters,
                },
            });
        });
        return command;
    }

    static void WriteRetuned(Terminal terminal, RunFolder run, string folder, TrainingRequest request, string weights)
    {
        (RunFolder made, int tensors) = RetunedRun.Write(run, folder, request, TunedWeights.Read(weights), weights);
        string word = Printable.Word(made.Path);
        terminal.Line($"run: {made.Path}, with {Printable.Count(tensors, "tensor")} of {weights}; export it with 'uvl export {word}', "
            + $"train on with 'uvl train --resume {word}'");
        terminal.Event("retuned", new { made.Path, Tensors = tensors, Weights = weights });
    }

    // All of them, or none; the model last.
    static void Write(TrainedModel exported, string path, string? beside, string? manifest)
    {
        List<(string Path, Action<Stream> Write)> files = [(path, Bytes(exported.Model.ToBytes()))];
        if (beside is not null)
        {
            files.Insert(0, (beside, Bytes(exported.Decoder!.Model.ToBytes())));
        }
        if (manifest is not null)
        {
            string manifestPath = Path.Combine(Path.GetDirectoryName(path) ?? "", RunLayout.Manifest);
            files.Insert(0, (manifestPath, Bytes(Encoding.UTF8.GetBytes(manifest))));
        }
        AtomicFile.WriteAll(files);

        static Action<Stream> Bytes(byte[] bytes) => stream => stream.Write(bytes);
    }

    static void RequirePositive(OptionResult images)
    {
        if (images.Tokens is [{ Value: string given }]
            && !(int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0))
        {
            images.AddError($"{images.Option.Name} '{given}': expected a whole number above 0.");
        }
    }

    static void RequireKnown(OptionResult opset)
    {
        if (opset.Tokens is [{ Value: string given }]
            && !(int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int version)
            && version is >= OnnxModel.LowestOpset and <= OnnxModel.HighestOpset))
        {
            opset.AddError($"--opset '{given}': expected {OnnxModel.LowestOpset} to {OnnxModel.HighestOpset}.");
        }
    }
}
