using Microsoft.ML.OnnxRuntime;

namespace Toolchain.Inference;

/// <summary>Makes ONNX Runtime sessions with every option stated.</summary>
static class Sessions
{
    /// <summary>The execution providers that the loaded runtime has, such as "CPUExecutionProvider".</summary>
    public static string[] Providers => OrtEnv.Instance().GetAvailableProviders();

    public static InferenceSession Open(byte[] model, string name, EncoderOptions options)
    {
        using var settings = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            // Batches run beside each other, each on the thread that asks: the sums inside an operator cannot depend on the number of threads.
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (UseCuda(options.Device))
        {
            using var cuda = new OrtCUDAProviderOptions();
            // Exhaustive search, the default, is slow at first and chooses by timing: other bits on another run.
            cuda.UpdateOptions(new Dictionary<string, string> { ["cudnn_conv_algo_search"] = "HEURISTIC", ["use_tf32"] = "0" });
            settings.AppendExecutionProvider_CUDA(cuda);
        }
        try
        {
            return new InferenceSession(model, settings);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidModelException($"'{name}': expected an ONNX model, found {model.Length} bytes that ONNX Runtime refuses ({FirstLine(error.Message)})", error);
        }
    }

    public static bool UseCuda(ComputeDevice device)
    {
        bool present = Providers.Contains("CUDAExecutionProvider");
        return device != ComputeDevice.Cuda || present
            ? device != ComputeDevice.Cpu && present
            : throw new PlatformNotSupportedException($"CUDA was asked for, but the loaded ONNX Runtime has only {string.Join(", ", Providers)}; build with -p:Gpu=true on a machine with CUDA 12 and cuDNN 9, or take --device cpu.");
    }

    static string FirstLine(string text) => text.Split('\n')[0].Trim();
}
