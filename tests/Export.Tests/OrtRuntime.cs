using Microsoft.ML.OnnxRuntime;
using Toolchain.Export.OnnxRuntime;

namespace Toolchain.Export.Tests;

/// <summary>ONNX Runtime as a second runtime of parity, on one thread.</summary>
static class OrtRuntime
{
    public static ParityRuntime Create(GraphOptimizationLevel level = GraphOptimizationLevel.ORT_ENABLE_ALL) =>
        OnnxRuntimeParity.Create(level, threads: 1);
}
