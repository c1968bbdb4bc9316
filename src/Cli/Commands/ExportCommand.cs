using System.CommandLine;
using Toolchain.Cli.Light;
using Toolchain.Data;
using Toolchain.Train.Methods;
using Toolchain.Train.Models;
using Toolchain.Train.Running;

namespace Toolchain.Cli.Commands;

/// <summary><c>uvl export RUN</c>.</summary>
static class ExportCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var folder = new Argument<string>("RUN") { Description = "A run folder." };
        var output = new Option<string?>("--out") { Description = "Target; by default model.onnx in the run folder." };
        var opset = new Option<int>("--opset") { Description = "Version of the operators, 13 to 21.", DefaultValueFactory = _ => 17 };
        var command = new Command("export", "Export the model of a run as ONNX, proven against TorchSharp, a float64 evaluator and ONNX Runtime.\n\nExample: uvl export runs/moco/run-001 --out encoder.onnx")
        {
            folder, output, opset, common.SkipBad,
        };
        command.SetAction(parsed =>
        {
            var terminal = new Terminal(parsed);
            RunFolder run = RunFolder.Open(parsed.GetValue(folder)!);
            (Method method, string spec, int seed, MethodOptions options) = TrainingRun.ReadConfig(run);
            var request = new TrainingRequest
            {
                Digits = common.Open(parsed, terminal, spec, Split.Train),
                DataSpec = spec,
                Options = options,
                Seed = seed,
                Version = ProgramVersion.Text,
                SecondRuntime = Devices.OnnxRuntime,
            };
            TrainedModel exported = method.Export(run, request, parsed.GetValue(opset));
            string path = parsed.GetValue(output) ?? run.Model;
            exported.Model.Save(path);
            terminal.Line(exported.Parity);
            terminal.Line($"model: {path}");
            terminal.Event("exported", new { Method = method.Name, Path = path, exported.Parity });
        });
        return command;
    }
}
