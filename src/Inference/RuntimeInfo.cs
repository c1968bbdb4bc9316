using System.Reflection;
using Microsoft.ML.OnnxRuntime;

namespace Toolchain.Inference;

/// <summary>Versions and providers of the loaded ONNX Runtime, for reports and diagnosis.</summary>
public static class RuntimeInfo
{
    /// <summary>Version of the native library, such as "1.31.1".</summary>
    public static string Version => Telemetry.Environment.GetVersionString();

    /// <summary>Execution providers of the native library.</summary>
    public static IReadOnlyList<string> Providers => Sessions.Providers;

    /// <summary>Whether the runtime's telemetry is off; it is unless the user set ORT_DISABLE_TELEMETRY=0.</summary>
    public static bool IsTelemetryOff => Telemetry.IsOff;

    /// <summary>Version of the managed package.</summary>
    public static string ManagedVersion =>
        typeof(InferenceSession).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "unknown";
}
