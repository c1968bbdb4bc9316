using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Toolchain.Graph;

namespace Toolchain.Export.OnnxRuntime;

/// <summary>ONNX Runtime's CPU provider as a runtime of parity.</summary>
public static class OnnxRuntimeParity
{
    /// <summary>Whether the native library is there.</summary>
    public static bool IsAvailable { get; } = Probe();

    /// <summary>A runtime for <see cref="OnnxExportOptions.Runtimes"/>.</summary>
    /// <param name="level">How far ONNX Runtime optimises the graph.</param>
    /// <param name="threads">Threads inside an operator; 0 takes all processors.</param>
    /// <exception cref="DllNotFoundException">The native library of ONNX Runtime is missing.</exception>
    public static ParityRuntime Create(GraphOptimizationLevel level = GraphOptimizationLevel.ORT_ENABLE_ALL, int threads = 0)
    {
        string suffix = level == GraphOptimizationLevel.ORT_ENABLE_ALL ? "" : $" {level}";
        var sessions = new Sessions(level, threads);
        return new ParityRuntime($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}{suffix}", sessions.Run)
        {
            RunFile = sessions.Run,
            Release = sessions.Release,
        };
    }

    static bool Probe()
    {
        try
        {
            return OrtEnv.Instance().GetVersionString() != "";
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException)
        {
            return false;
        }
    }

    // Keeps the session of the model that was run last: a proof runs one model many times. The model is its byte array or its path.
    sealed class Sessions(GraphOptimizationLevel level, int threads)
    {
        readonly Lock gate = new();
        object? model;
        InferenceSession? session;

        public Dictionary<string, TensorData> Run(byte[] bytes, IReadOnlyDictionary<string, TensorData> inputs) =>
            Run(bytes, options => new InferenceSession(bytes, options), inputs);

        public Dictionary<string, TensorData> Run(string path, IReadOnlyDictionary<string, TensorData> inputs) =>
            Run(path, options => new InferenceSession(path, options), inputs);

        public void Release()
        {
            lock (gate)
            {
                session?.Dispose();
                (session, model) = (null, null);
            }
        }

        Dictionary<string, TensorData> Run(object source, Func<SessionOptions, InferenceSession> open,
            IReadOnlyDictionary<string, TensorData> inputs)
        {
            lock (gate)
            {
                InferenceSession current = SessionOf(source, open);
                using var run = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
                Dictionary<string, OrtValue> values = inputs.ToDictionary(pair => pair.Key, pair => ToOrt(pair.Value));
                try
                {
                    using IDisposableReadOnlyCollection<OrtValue> outputs = current.Run(run, values, current.OutputNames);
                    return current.OutputNames.Zip(outputs).ToDictionary(pair => pair.First, pair => FromOrt(pair.Second));
                }
                finally
                {
                    values.Values.ToList().ForEach(value => value.Dispose());
                }
            }
        }

        InferenceSession SessionOf(object source, Func<SessionOptions, InferenceSession> open)
        {
            if (session is null || !ReferenceEquals(source, model))
            {
                session?.Dispose();
                (session, model) = (null, source);
                using var options = new SessionOptions
                {
                    IntraOpNumThreads = threads,
                    InterOpNumThreads = 1,
                    GraphOptimizationLevel = level,
                    LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
                    // Every run has other sizes: an arena would keep the activations of all of them, a pattern plans for one.
                    EnableCpuMemArena = false,
                    EnableMemoryPattern = false,
                };
                if (source is string)
                {
                    // Weights are used as they lie in the mapped file; a second copy in another order would be as large again.
                    options.AddSessionConfigEntry("session.disable_prepacking", "1");
                }
                session = open(options);
            }
            return session;
        }
    }

    // The numbers of element types are ONNX's in both libraries.
    static OrtValue ToOrt(TensorData tensor)
    {
        OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)(int)tensor.Type,
            [.. tensor.Sizes]);
        tensor.Bytes.Span.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    static TensorData FromOrt(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        byte[] bytes = MemoryMarshal.AsBytes(value.GetTensorMutableRawData()).ToArray();
        return new TensorData((ElementType)(int)info.ElementDataType, info.Shape, bytes);
    }
}
