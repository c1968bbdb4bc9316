namespace Toolchain.Export;

/// <summary>
/// ONNX Runtime, if the package Toolchain.Export.OnnxRuntime lies beside the program and has its native library; otherwise nothing.
/// </summary>
static class DefaultRuntimes
{
    const string Parity = "Toolchain.Export.OnnxRuntime.OnnxRuntimeParity, Toolchain.Export.OnnxRuntime";

    static readonly Lazy<IReadOnlyList<ParityRuntime>> all = new(Find);

    public static IReadOnlyList<ParityRuntime> All => all.Value;

    static IReadOnlyList<ParityRuntime> Find()
    {
        Type? type = Type.GetType(Parity, throwOnError: false);
        return type?.GetProperty("IsAvailable")?.GetValue(null) is true && type.GetMethod("Create") is System.Reflection.MethodInfo create
            ? [(ParityRuntime)create.Invoke(null, [.. create.GetParameters().Select(parameter => parameter.DefaultValue)])!]
            : [];
    }
}
