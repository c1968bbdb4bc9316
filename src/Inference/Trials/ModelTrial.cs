using System.Diagnostics;

namespace Toolchain.Inference.Trials;

/// <summary>
/// Runs a stranger's model once in a child process with bounds on memory and processor time, before it runs in this one: a model may be
/// valid and still ask for a terabyte, loop for ever, or crash the runtime. A model that passed is known by its digest and pays nothing
/// again (<see cref="KnownModels"/>). Behaviour that only certain images cause is not found.
/// </summary>
/// <param name="start">Starts this program again with the given words, whose first is <see cref="Word"/>.</param>
/// <param name="known">Digests of models that passed; null to try every time.</param>
public sealed class ModelTrial(Func<IReadOnlyList<string>, ProcessStartInfo> start, KnownModels? known = null) : IModelTrial
{
    /// <summary>First word of the child's command line; a program that makes trials hands such a line to <see cref="RunChild"/>.</summary>
    public const string Word = "trial-of-a-model";

    // Processor time that a child may take; and wall time, after which the machine, not the model, is too slow or short of threads.
    static readonly TimeSpan processorLimit = TimeSpan.FromSeconds(3), wallLimit = TimeSpan.FromSeconds(20);

    // How often the parent looks at a child on platforms where the kernel holds no limit.
    const int PollMilliseconds = 20;

    /// <summary>
    /// Memory that a child may take beyond what it has when it starts: enough for 64 images of 28 x 28 through wide nets, and the weights
    /// four times.
    /// </summary>
    internal static long MemoryLimit(long modelBytes) => (384L << 20) + 4 * modelBytes;

    /// <summary>Runs a child's part of a trial.</summary>
    /// <param name="words">The whole command line.</param>
    /// <returns>The exit status for the process, or null where the line starts with another word.</returns>
    public static int? RunChild(IReadOnlyList<string> words) => words is [Word, var path] ? TrialRun.Execute(path) : null;

    /// <inheritdoc/>
    public void Require(string path) => Require(ModelBytes.Read(path));

    void IModelTrial.Require(ModelBytes model) => Require(model);

    void Require(ModelBytes model)
    {
        if (known?.Contains(model) is true)
        {
            return;
        }
        string? complaint = Try(model);
        if (complaint is not null)
        {
            throw new InvalidModelException($"'{model.Path}': {complaint}");
        }
        known?.Add(model);
    }

    string? Try(ModelBytes model)
    {
        ProcessStartInfo info = start([Word, Path.GetFullPath(model.Path)]);
        (info.RedirectStandardOutput, info.RedirectStandardError, info.RedirectStandardInput) = (true, true, true);
        using Process child = Process.Start(info) ?? throw new InvalidOperationException($"'{info.FileName}' did not start.");
        child.StandardInput.Close();
        string? stopped = Watch(child, MemoryLimit(model.SizeBytes));
        child.WaitForExit();
        // Read at the end, without a thread of its own: a child writes one or two lines.
        string[] said = child.StandardOutput.ReadToEnd().Split('\n', 2);
        if (stopped is null && child.ExitCode != 0 && said[0] != TrialRun.Ready)
        {
            throw new OutOfResourcesException($"the process for the trial of '{model.Path}' did not start (exit status {child.ExitCode}).");
        }
        return stopped ?? (child.ExitCode, said[^1].Trim()) switch
        {
            (0, _) => null,
            (TrialRun.Refused, { Length: > 0 } complaint) => complaint,
            _ => "expected a model that runs within bounds, found one that ended its trial process "
                + $"(exit status {child.ExitCode}); it asks for more memory than {MemoryLimit(model.SizeBytes) >> 20} MB, or crashes ONNX "
                + $"Runtime.",
        };
    }

    static string? Watch(Process child, long memoryLimit)
    {
        var clock = Stopwatch.StartNew();
        long first = 0;
        while (!child.WaitForExit(PollMilliseconds))
        {
            try
            {
                child.Refresh();
                (long memory, TimeSpan time) = (child.WorkingSet64, child.TotalProcessorTime);
                first = first == 0 ? memory : first;
                if (clock.Elapsed > wallLimit)
                {
                    child.Kill();
                    throw new OutOfResourcesException($"the process for the trial of a model got {time.TotalSeconds:f1} s of processor "
                        + $"time in {wallLimit.TotalSeconds:f0} s.");
                }
                string? excess = time > processorLimit
                    ? $"one that was still running after {processorLimit.TotalSeconds:f0} s"
                    : memory - first > memoryLimit ? $"one that takes more than {memoryLimit >> 20} MB" : null;
                if (excess is not null)
                {
                    child.Kill();
                    return $"expected a model that runs 64 images within bounds, found {excess}.";
                }
            }
            catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // It ended between two looks.
            }
        }
        return null;
    }
}
