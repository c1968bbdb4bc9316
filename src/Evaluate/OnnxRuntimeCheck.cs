using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Toolchain.Graph;
using Toolchain.Inference;

namespace Toolchain.Evaluate;

/// <summary>Runs any model in ONNX Runtime on tensors of the graph library: the second runtime of parity checks.</summary>
public static class OnnxRuntimeCheck
{
    /// <summary>Runs the model given by its bytes.</summary>
    /// <param name="model">A self-contained model.</param>
    /// <param name="inputs">Inputs by name.</param>
    /// <returns>Outputs by name.</returns>
    /// <exception cref="InvalidModelException">The runtime refuses the model, or cannot run it.</exception>
    public static IReadOnlyDictionary<string, TensorData> Run(byte[] model, IReadOnlyDictionary<string, TensorData> inputs)
    {
        const string name = "the model";
        using InferenceSession session = Sessions.Open(model, name, ComputeDevice.Cpu, threads: 0).Session;
        using RunOptions run = Sessions.Quiet();
        string[] names = [.. session.InputMetadata.Keys];
        OrtValue[] values = [.. names.Select(input => ToOrt(inputs[input]))];
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, names, values, session.OutputNames);
            return session.OutputNames.Zip(outputs).ToDictionary(pair => pair.First, pair => ToTensor(pair.Second));
        }
        catch (OnnxRuntimeException error)
        {
            throw Sessions.CannotRun(name, error);
        }
        finally
        {
            Array.ForEach(values, value => value.Dispose());
        }
    }

    // Both libraries number the element types as ONNX does.
    static OrtValue ToOrt(TensorData tensor)
    {
        OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)(int)tensor.Type,
            [.. tensor.Sizes]);
        tensor.Bytes.Span.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    static TensorData ToTensor(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        return new TensorData((ElementType)(int)info.ElementDataType, info.Shape, value.GetTensorMutableRawData().ToArray());
    }
}
