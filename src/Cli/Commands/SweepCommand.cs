using System.CommandLine;
using System.Globalization;
using Toolchain.Commands;
using Toolchain.Cli.Sweeps;
using Toolchain.Data;
using Toolchain.Evaluate.Protocols;
using Toolchain.Commands.Plots.Pictures;
using Toolchain.Train.Runs;

namespace Toolchain.Cli.Commands;

/// <summary><c>uvl sweep METHOD --grid key=a,b</c>.</summary>
static class SweepCommand
{
    public static Command Create()
    {
        var common = new CommonOptions();
        var method = new Argument<string>("METHOD") { Description = "A method with an embedding, such as moco." };
        var grid = new Option<string[]>("--grid")
        {
            HelpName = "key=a,b",
            Description = "An option of the method and its values; repeatable. Without it, the poster's ablations.",
            AllowMultipleArgumentsPerToken = false
        };
        var preset = new Option<string?>("--preset")
        {
            Description = "One of the poster's ablations: queue or embedding for moco, capsules for capsules; by default all."
        };
        var set = new Option<string[]>("--set")
        {
            Description = "An option of the method for every cell; repeatable. 'uvl train METHOD --help' lists them.",
            AllowMultipleArgumentsPerToken = false
        };
        MethodWords.Complete(method, known => known.HasEmbedding, set, grid);
        var images = new Option<int>("--images")
        {
            Description = "Train and cluster on the first N images; 0 uses all, or the preset's number.",
            DefaultValueFactory = _ => 0
        };
        var output = new Option<string?>("--out")
        {
            Description = "Output folder; by default runs/sweep/METHOD. Finished cells in it are kept."
        };
        var command = new Command("sweep", "Train and score a grid of settings, cell by cell; a stopped sweep resumes.\n\n"
            + "Example: uvl sweep moco --grid temperature=0.1,0.2 --grid queueLength=256,1024 --set stepCount=300")
        {
            method, common.Data, common.Size, common.Colour, common.Fit, common.Polarity, common.Transpose, grid, preset, set, images,
            output, common.Seed, common.Device, common.Threads, common.SkipBad,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var terminal = new Terminal(parsed);
            Method known = MethodRegistry.Find(parsed.GetValue(method)!);
            if (!known.HasEmbedding)
            {
                throw new ArgumentException($"METHOD '{known.Name}': expected a method with an embedding, one of "
                    + $"{string.Join(", ", MethodRegistry.All.Where(one => one.HasEmbedding).Select(one => one.Name))}, found one of "
                    + $"clusters alone; train it with 'uvl train {known.Name}' and score it with 'uvl evaluate'.");
            }
            string[] extra = parsed.GetValue(set) ?? [];
            SweepAxis[] axes = [.. (parsed.GetValue(grid) ?? []).Select(SweepAxis.Parse)];
            IReadOnlyList<SweepGrid> grids = axes.Length > 0 ? [new SweepGrid("grid", [], axes, [])]
                : SweepGrid.OfPoster(known.Name, parsed.GetValue(preset));
            grids = [.. grids.Select(each => each with { Settings = [.. each.Settings, .. extra] })];
            foreach (IReadOnlyList<string> cell in grids.SelectMany(each =>
                each.Cells.Select(cell => (IReadOnlyList<string>)[.. each.Settings, .. cell])))
            {
                OptionBinder.Apply(known.Defaults, cell).Check(); // before the first hour is spent
            }
            OutputPath.RequireFolder(parsed.GetValue(output) ?? "runs/sweep");
            string spec = common.Spec(parsed, terminal);
            (ImageSet train, ImageSet test) = common.OpenBoth(parsed, terminal, spec);
            if (train.Labels is null || test.Labels is null)
            {
                throw new InvalidDataException($"'{spec}': expected labelled images to score the cells on, found none with labels.");
            }
            var request = new TrainingRequest
            {
                Data = train,
                DataSpec = spec,
                Options = known.Defaults,
                Seed = parsed.GetValue(common.Seed),
                Device = Devices.Choose(parsed.GetValue(common.Device)),
                Threads = Devices.UseThreads(parsed.GetValue(common.Threads)),
                Version = ProgramVersion.Text,
                SecondRuntime = Devices.OnnxRuntime,
                Cancellation = cancellation,
            };
            string place = parsed.GetValue(output) ?? $"runs/sweep/{known.Name}";
            using IDisposable claim = RunFolder.Claim(place);
            foreach (SweepGrid each in grids)
            {
                int count = parsed.GetValue(images) > 0 ? parsed.GetValue(images) : each.Images;
                var sweep = new Sweep(known, each, Path.Combine(place, each.Name), test);
                Run(terminal, sweep, request with { Data = count > 0 ? train.Take(count) : train });
            }
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    /// <param name="Method">What is trained.</param>
    /// <param name="Grid">With which settings.</param>
    /// <param name="Folder">Where its cells lie.</param>
    /// <param name="Test">Labelled images that the cells are scored on.</param>
    sealed record Sweep(Method Method, SweepGrid Grid, string Folder, ImageSet Test);

    static void Run(Terminal terminal, Sweep sweep, TrainingRequest request)
    {
        (Method method, SweepGrid grid, string folder, ImageSet test) = sweep;
        var scoring = new SweepScoring(test, grid.PosterLinear.Count > 0);
        var cells = new List<SweepCell>();
        terminal.FinishingSteps(() => terminal.WithProgress($"sweep {method.Name} {grid.Name}", grid.Cells.Count, "cells", report =>
        {
            foreach (IReadOnlyList<string> cell in grid.Cells)
            {
                string place = Path.Combine(folder, string.Join(",", cell));
                TrainingRequest asked = request with
                {
                    Options = OptionBinder.Apply(method.Defaults, [.. grid.Settings, .. cell],
                        TrainCommand.OtherClasses(request.Data), out _)
                };
                IReadOnlyList<string> identity = [.. grid.Settings, .. cell, $"images={request.Data.Count}", $"seed={request.Seed}",
                    $"data={request.Data.Sha256}"];
                cells.Add(SweepCell.Read(place, identity) ?? SweepCell.Make(method, asked, place, identity, scoring));
                report(cells.Count, string.Create(CultureInfo.InvariantCulture, $"{string.Join(" ", cell)}: {cells[^1].Headline:p2}"));
                terminal.Event("cell", cells[^1]);
            }
        }));
        string table = SweepTable.Markdown(grid, cells, Evaluation.StrictClusters(request.Data));
        AtomicFile.WriteText(Path.Combine(folder, RunLayout.SweepTable), table);
        terminal.Line($"{table}\ntable: {Path.Combine(folder, RunLayout.SweepTable)}");
        bool hasPoster = cells.All(cell => cell.Poster is not null);
        string beside = hasPoster && grid.Poster.Count > 0 ? " (poster's figure)" : "";
        if (grid.PosterLinear.Count > 0)
        {
            Save(terminal, folder, new HeatMap($"{method.Name}, %{beside}", "figure",
                ["linear probe", hasPoster ? "ten clusters" : "clusters, strict"], grid.Axes[0].Key, grid.Axes[0].Values,
                [.. cells.Select(cell => 100 * cell.Linear), .. cells.Select(cell => 100 * cell.Headline)],
                hasPoster ? [.. grid.PosterLinear, .. grid.Poster] : []));
        }
        else if (grid.Axes.Count == 2)
        {
            Save(terminal, folder, new HeatMap($"{method.Name}: {(hasPoster ? "poster's protocol" : "strict")}, %{beside}",
                grid.Axes[0].Key, grid.Axes[0].Values, grid.Axes[1].Key, grid.Axes[1].Values,
                [.. cells.Select(cell => 100 * cell.Headline)], hasPoster ? grid.Poster : []));
        }
    }

    static void Save(Terminal terminal, string folder, HeatMap map)
    {
        foreach (string name in new[] { RunLayout.SweepPicture, RunLayout.SweepDrawing })
        {
            map.Save(Path.Combine(folder, name));
            terminal.Line($"heat map: {Path.Combine(folder, name)}");
        }
    }
}
