using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Toolchain.Inference;

/// <summary>
/// Keeps ONNX Runtime's telemetry off. From 1.31 on, the runtime opens a telemetry store under the user's cache folder and looks its server
/// up when its environment is made. The managed switch comes after that; only the variable, set before the environment is made, prevents
/// both (measured on Linux). A value that the user has set stays.
/// </summary>
static class Telemetry
{
    const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>Whether telemetry is off in this process.</summary>
    public static bool IsOff { get; } = TurnOff();

    /// <summary>The environment of the runtime, made with telemetry off; every use of the native library goes through it first.</summary>
    public static OrtEnv Environment { get; } = MakeEnvironment();

    static bool TurnOff()
    {
        string? given = System.Environment.GetEnvironmentVariable(Variable);
        if (given is not null)
        {
            return given is not ("" or "0");
        }
        System.Environment.SetEnvironmentVariable(Variable, "1");
        // .NET keeps its own copy of the environment on Unix; native code reads the process's.
        return OperatingSystem.IsWindows() || setenv(Variable, "1", overwrite: 1) == 0;
    }

    static OrtEnv MakeEnvironment()
    {
        var environment = OrtEnv.Instance();
        if (IsOff)
        {
            environment.DisableTelemetryEvents();
        }
        return environment;
    }

    [DllImport("libc")]
    static extern int setenv([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
        int overwrite);
}
