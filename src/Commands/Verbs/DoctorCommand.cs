using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Toolchain.Data;
using Toolchain.Data.Sources;
using Toolchain.Inference;

namespace Toolchain.Commands.Verbs;

/// <summary><c>uvl doctor</c>: what this machine offers, and what is amiss.</summary>
static class DoctorCommand
{
    public static Command Create(params IEnumerable<Func<Finding>> more)
    {
        var command = new Command("doctor", "Check this machine: libraries, devices, datasets.");
        command.SetAction(parsed =>
        {
            var terminal = new Terminal(parsed);
            Func<Finding>[] checks = [Program, Processor, OnnxRuntime, RuntimeTelemetry, TrainingApi, OpenSsl, Mnist, Disk, .. more];
            Finding[] findings = [.. checks.Select(check => check())];
            foreach (Finding finding in findings)
            {
                terminal.ForPeople($"{(finding.Missing ? "-   " : finding.Good ? "ok  " : "BAD ")} {finding.Name,-14} {finding.State}");
                terminal.Event("finding", JsonSerializer.SerializeToNode(finding, CommandJson.Default.Finding)!.AsObject());
            }
            return findings.All(finding => finding.Good) ? ExitCodes.Ok : ExitCodes.CheckFailed;
        });
        return command;
    }

    static Finding Program() =>
        new("program", $"uvl {ProgramVersion.Text}, .NET {Environment.Version}, {RuntimeInformation.RuntimeIdentifier}");

    static Finding Processor() =>
        new("processor", $"{Environment.ProcessorCount} processors, 256-bit vectors "
        + $"{(Vector256.IsHardwareAccelerated ? "yes" : "no: slow")}, 512-bit {(Vector512.IsHardwareAccelerated ? "yes" : "no")}");

    static Finding OnnxRuntime() =>
        Try("ONNX Runtime", () =>
        $"{RuntimeInfo.Version} (managed {RuntimeInfo.ManagedVersion}), {string.Join(", ", RuntimeInfo.Providers)}");

    // First of all that touch the native library: it is off before the runtime is loaded.
    static Finding RuntimeTelemetry() => new("telemetry", RuntimeInfo.IsTelemetryOff
        ? "off: this program sends nothing, and turns off ONNX Runtime's own telemetry"
        : "ONNX Runtime's telemetry is on, because ORT_DISABLE_TELEMETRY is set to 0");

    // Absence is normal: the package ended with 1.19.2, and nothing here needs it.
    static Finding TrainingApi()
    {
        try
        {
            _ = CheckpointState.LoadCheckpoint(Path.Combine(Path.GetTempPath(), "no-such-checkpoint"));
            return new("training API", "present in the loaded runtime");
        }
        catch (InvalidOperationException)
        {
            return new("training API", "not in the loaded runtime; not needed, graphs train on the plain one");
        }
        catch (OnnxRuntimeException)
        {
            return new("training API", "present in the loaded runtime");
        }
    }

    // Without it .NET aborts the process at the first SHA-256, which nothing can catch.
    static Finding OpenSsl() => HasOpenSsl ? new("OpenSSL", "found") : new("OpenSSL",
        "no libssl found, without which .NET aborts at the digest of a model or of data; install libssl3", false);

    static bool HasOpenSsl => !OperatingSystem.IsLinux()
        || Array.Exists(["libssl.so.3", "libssl.so.1.1"], name => NativeLibrary.TryLoad(name, out _));

    static Finding Mnist()
    {
        if (!HasOpenSsl)
        {
            return new Finding("MNIST", "not checked", Missing: true);
        }
        try
        {
            return Try("MNIST", () =>
                $"{ImageSource.Open("mnist", Split.All, new ImageSourceOptions { Offline = true }).Count} images found, checksums match");
        }
        catch (DatasetUnavailableException error)
        {
            return new Finding("MNIST", $"not here: {error.Message}", Missing: true);
        }
    }

    static Finding Disk() => Try("disk", () =>
    {
        string path = Path.Combine(Directory.GetCurrentDirectory(), $".uvl-doctor-{Environment.ProcessId}");
        AtomicFile.WriteText(path, "written, flushed and renamed");
        File.Delete(path);
        return "this folder can be written";
    });

    static Finding Try(string name, Func<string> look)
    {
        try
        {
            return new Finding(name, look());
        }
        catch (Exception error) when (error is not DatasetUnavailableException)
        {
            return new Finding(name, error.GetBaseException().Message.ReplaceLineEndings(" "), false);
        }
    }
}
