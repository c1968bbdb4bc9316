using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Toolchain.Graph;

namespace Toolchain.Evaluate;

/// <summary>Runs any model in ONNX Runtime on tensors of the graph library: the second runtime of parity checks.</summary>
public static class OnnxRuntimeCheck
{
    /// <summary>Runs the model given by its bytes.</summary>
    /// <param name="model">A model whose inputs are float32.</param>
    /// <param name="inputs">Inputs by name.</param>
    /// <returns>Outputs by name: float32, float64 or int64.</returns>
    public static IReadOnlyDictionary<string, TensorData> Run(byte[] model, IReadOnlyDictionary<string, TensorData> inputs)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(model, options);
        using var run = new RunOptions();
        string[] names = [.. session.InputMetadata.Keys];
        OrtValue[] values = [.. names.Select(name => OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<byte, float>(inputs[name].Bytes.Span).ToArray(), [.. inputs[name].Sizes]))];
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, names, values, session.OutputNames);
            return session.OutputNames.Zip(outputs).ToDictionary(pair => pair.First, pair => ToTensor(pair.Second));
        }
        finally
        {
            Array.ForEach(values, value => value.Dispose());
        }
    }

    static TensorData ToTensor(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        return info.ElementDataType switch
        {
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float => TensorData.Of(value.GetTensorDataAsSpan<float>(), info.Shape),
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Double => TensorData.Of(value.GetTensorDataAsSpan<double>(), info.Shape),
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int64 => TensorData.Of(value.GetTensorDataAsSpan<long>(), info.Shape),
            _ => throw new NotSupportedException($"An output of {info.ElementDataType} cannot be compared; expected Float, Double or Int64."),
        };
    }
}
