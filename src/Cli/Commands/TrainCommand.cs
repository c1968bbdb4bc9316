using System.CommandLine;
using System.Globalization;
using Toolchain.Cli.Help;
using Toolchain.Commands;
using Toolchain.Data;
using Toolchain.Inference;
using Toolchain.Inference.Trials;
using Toolchain.Train.Core;
using Toolchain.Train.Runs;
using TorchSharp;

namespace Toolchain.Cli.Commands;

/// <summary><c>uvl train METHOD</c>.</summary>
static class TrainCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var method = new Argument<string>("METHOD")
        {
            HelpName = "METHOD",
            Description = $"One of {string.Join(", ", MethodRegistry.All.Select(known => known.Name))}; with --resume DIR, the run's by "
                + "default.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = new Option<string?>("--out") { Description = "Run folder; by default the next free runs/METHOD/run-NNN." };
        var time =
            new Option<string?>("--time") { Description = "Stop after this time, such as 90s, 20m or 2h, with a checkpoint and a model." };
        var set = new Option<string[]>("--set")
        {
            Description = "An option of the method; repeatable. 'uvl train METHOD --help' lists them.",
            AllowMultipleArgumentsPerToken = false
        };
        MethodWords.Complete(method, _ => true, set);
        var resume = new Option<string?>("--resume")
        {
            Description = "Resume a run: its folder, or nothing for the latest unfinished one of METHOD.",
            Arity = ArgumentArity.ZeroOrOne
        };
        var command = new DetailedCommand("train", Help(), parsed =>
            parsed.GetValue(method) is string named ? MethodHelp.Of(MethodRegistry.Find(named)) : null)
        {
            method, common.Data, common.Size, common.Colour, common.Fit, common.Polarity, common.Transpose, output, common.Seed,
            common.Device, common.Threads, time, set, resume, common.SkipBad,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            bool resumed = parsed.GetResult(resume) is not null;
            if (resumed && (parsed.GetResult(set) is not null || parsed.GetResult(output) is not null || IsGiven(common.Seed)))
            {
                throw new ArgumentException("--resume continues with the run's own seed, options and folder; leave out --seed, --set and "
                    + "--out.");
            }
            Method known = parsed.GetValue(method) is string name ? MethodRegistry.Find(name)
                : parsed.GetValue(resume) is string begun ? RunConfig.Read(RunFolder.Open(begun)).Method
                : throw new ArgumentException($"METHOD: expected one of {string.Join(", ", MethodRegistry.All.Select(each => each.Name))}, "
                    + "found none.");
            RunFolder? run = resumed ? FindRun(known, parsed.GetValue(resume)) : null;
            RunConfig? earlier = run is null ? null : Earlier(known, run);
            MethodOptions options = earlier?.Options ?? OptionBinder.Apply(known.Defaults, parsed.GetValue(set) ?? []);
            options.Check();
            if (run is not null && File.Exists(run.Manifest))
            {
                terminal.Line($"{run.Path} is finished; nothing to resume.");
                return Task.FromResult(ExitCodes.Ok);
            }
            // Other threads or another device would go on with other bits.
            torch.Device device = Devices.Choose(earlier is { Device: "cpu" } && !IsGiven(common.Device) ? ComputeDevice.Cpu
                : parsed.GetValue(common.Device));
            int threads = Devices.UseThreads(earlier is null || IsGiven(common.Threads) ? parsed.GetValue(common.Threads)
                : earlier.Threads);
            if (parsed.GetValue(output) is string asked)
            {
                OutputPath.RequireFolder(asked);
                RunFolder.RequireFree(asked); // before images are read
            }
            else if (run is null)
            {
                OutputPath.RequireFolder(Path.Combine("runs", known.Name));
            }
            TimeSpan? limit = parsed.GetValue(time) is string text ? Durations.Parse(text) : null;
            string spec = earlier is null || IsGiven(common.Data) ? common.Spec(parsed, terminal) : earlier.DataSpec;
            Preprocess? given = earlier?.Preprocess
                ?? (options.SourceRuns is [string source, ..] ? RunConfig.Read(RunFolder.Open(source)).Preprocess : null);
            ImageSet data = common.Open(parsed, terminal, spec, Split.Train, given);
            if (earlier is null)
            {
                options = OptionBinder.Apply(known.Defaults, parsed.GetValue(set) ?? [], OtherClasses(data), out string? remark);
                options.Check();
                if (remark is not null)
                {
                    terminal.Note(remark);
                }
            }
            run ??= parsed.GetValue(output) is string folder ? RunFolder.Create(folder) : RunFolder.CreateNext("runs", known.Name);
            var request = new TrainingRequest
            {
                Data = data,
                DataSpec = spec,
                Options = options,
                Seed = earlier?.Seed ?? parsed.GetValue(common.Seed),
                Device = device,
                Threads = threads,
                Time = limit,
                Resume = resumed,
                Remark = terminal.Note,
                Version = ProgramVersion.Text,
                SecondRuntime = Devices.OnnxRuntime,
                Describe = model => Calibration.Of(terminal, model, data, threads, cancellation),
                Cancellation = cancellation,
            };
            Run(terminal, known, run, request);
            return Task.FromResult(ExitCodes.Ok);

            bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };
        });
        return command;
    }

    static bool IsOutOfMemory(System.Runtime.InteropServices.ExternalException error) =>
        error.Message.Contains("allocate memory", StringComparison.Ordinal)
        || error.Message.Contains("not enough memory", StringComparison.Ordinal);

    /// <summary>Number of classes that have images; null without labels and for the ten digits, for which the defaults are.</summary>
    internal static int? OtherClasses(ImageSet data) => data.Classes is { AreDigits: false } ? data.ExpectedClusters : null;

    static void Run(Terminal terminal, Method method, RunFolder run, TrainingRequest request)
    {
        terminal.Stage($"{method.Name}: {Printable.Count(request.Data.Count, "image")} of {request.DataSpec}, seed {request.Seed}, "
            + $"{request.Device}, folder {run.Path}");
        foreach (string line in request.Options.RemarksOn(request.Data.Count))
        {
            terminal.Note(line);
        }
        string resume = $"uvl train {method.Name} --resume {Printable.Word(run.Path)}";
        TrainedModel? trained = null;
        try
        {
            terminal.FinishingSteps(() => terminal.WithProgress($"training {method.Name}",
                request.Options.ImagesOfRun(request.Data.Count), "images",
                report => trained = TrainingRun.Execute(method, run, request with { Progress = new Steps(terminal, report) }),
                    request.Time));
        }
        catch (System.Runtime.InteropServices.ExternalException error) when (IsOutOfMemory(error))
        {
            DiscardIfNew();
            throw new OutOfResourcesException("libtorch cannot have the memory that these options ask for (make sizes smaller, such as "
                + "batchSize).");
        }
        catch (Exception error) when (ExitCodes.Of(error) != ExitCodes.Interrupted)
        {
            DiscardIfNew();
            throw;
        }
        catch (Exception error) when (ExitCodes.Of(error) == ExitCodes.Interrupted)
        {
            string reason = error is IOException ? $"{error.Message.TrimEnd('.')}; fix the cause, then"
                : error.Message.StartsWith("stopped", StringComparison.Ordinal) ? $"{error.Message.TrimEnd('.')};" : "stopped;";
            if (DiscardIfNew())
            {
                throw new OperationCanceledException($"{reason} rerun the same command. Nothing was trained yet.", error);
            }
            throw new OperationCanceledException($"{reason} continue with: {resume}", error);
        }
        // Nothing was trained: the same command with right values may take the folder.
        bool DiscardIfNew() => !request.Resume && run.DiscardIfBlank();

        KnownModels.OfUser.Add(run.Model);
        terminal.Line(trained!.Summary);
        terminal.Line(trained.Parity);
        terminal.Line($"{(trained.Finished ? "model" : $"time is up; continue with: {resume}\nmodel so far")}: {run.Model}");
        if (trained.Decoder is TrainedDecoder decoder)
        {
            terminal.Line($"{decoder.Name}: {decoder.FileBeside(run.Model)}");
        }
        terminal.Event("trained", new
        {
            Method = method.Name,
            Folder = run.Path,
            run.Model,
            trained.StepsMade,
            trained.Finished,
            trained.Parity
        });
    }

    static RunFolder FindRun(Method method, string? folder) => folder is not null
        ? RunFolder.Open(folder)
        : RunFolder.LatestUnfinished("runs", method.Name)
            ?? throw new ArgumentException($"--resume: expected an unfinished run under runs/{method.Name}, found none; name its folder, "
            + "or start a new one without --resume.");

    static RunConfig Earlier(Method method, RunFolder run)
    {
        var config = RunConfig.Read(run);
        return config.Method.Name == method.Name
            ? config
            : throw new ArgumentException($"--resume {run.Path}: expected a run of {method.Name}, found one of {config.Method.Name}; say "
            + $"uvl train {config.Method.Name} --resume {run.Path}.");
    }

    static string Help() =>
        "Train a method and export it as model.onnx, compared with TorchSharp.\n\n"
        + string.Join("\n", MethodRegistry.All.Select(method => $"  {method.Name,-12} {method.Summary}"))
        + "\n\nExample: uvl train moco --data mnist --seed 1 --set stepCount=1000 --set temperature=0.1";

    sealed class Steps(Terminal terminal, Action<long, string> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Warning is string warning)
            {
                terminal.Note($"warning: step {value.Step}: {warning}");
            }
            report(value.Images,
                string.Join(" ", value.Losses.Select(loss => string.Create(CultureInfo.InvariantCulture, $"{loss.Name} {loss.Value:f4}"))));
        }
    }
}
