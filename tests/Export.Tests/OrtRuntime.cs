using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Toolchain.Graph;

namespace Toolchain.Export.Tests;

/// <summary>ONNX Runtime as a second runtime of parity.</summary>
static class OrtRuntime
{
    public static ParityRuntime Create(GraphOptimizationLevel level = GraphOptimizationLevel.ORT_ENABLE_ALL) => new($"ONNX Runtime {level}", (model, inputs) => Run(model, inputs, level));

    static Dictionary<string, TensorData> Run(byte[] model, IReadOnlyDictionary<string, TensorData> inputs, GraphOptimizationLevel level)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, GraphOptimizationLevel = level, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(model, options);
        using var run = new RunOptions();
        var values = inputs.ToDictionary(pair => pair.Key, pair => ToOrt(pair.Value));
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, values, session.OutputNames);
        return session.OutputNames.Zip(outputs).ToDictionary(pair => pair.First, pair => FromOrt(pair.Second));
    }

    static OrtValue ToOrt(TensorData tensor)
    {
        OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (Microsoft.ML.OnnxRuntime.Tensors.TensorElementType)(int)tensor.Type, [.. tensor.Sizes]);
        tensor.Bytes.Span.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    static TensorData FromOrt(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        return new TensorData((ElementType)(int)info.ElementDataType, info.Shape, MemoryMarshal.AsBytes(value.GetTensorMutableRawData()).ToArray());
    }
}
