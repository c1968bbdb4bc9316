using Microsoft.ML.OnnxRuntime;

namespace Toolchain.Inference;

/// <summary>Makes ONNX Runtime sessions with every option stated: for encoders, and for graphs that are none.</summary>
public static class Sessions
{
    /// <summary>The execution providers that the loaded runtime has, such as "CPUExecutionProvider".</summary>
    public static string[] Providers => OrtEnv.Instance().GetAvailableProviders();

    /// <summary>Opens a model, and says whether it runs on an NVIDIA GPU. Each run takes one thread, the caller's.</summary>
    /// <param name="model">Bytes of a self-contained model.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="device">Where it runs.</param>
    /// <exception cref="PlatformNotSupportedException">CUDA was asked for and is not there.</exception>
    /// <exception cref="InvalidModelException">The runtime refuses the model.</exception>
    public static (InferenceSession Session, bool OnDevice) Open(byte[] model, string name, ComputeDevice device)
    {
        bool present = Providers.Contains("CUDAExecutionProvider");
        if (device == ComputeDevice.Cuda && !present)
        {
            throw new PlatformNotSupportedException($"CUDA was asked for, but the loaded ONNX Runtime has only {string.Join(", ", Providers)}; build with -p:Gpu=true on a machine with an NVIDIA GPU, CUDA 13 and cuDNN 9, or take --device cpu.");
        }
        if (device != ComputeDevice.Cpu && present)
        {
            try
            {
                return (Open(model, cuda: true), true);
            }
            // The package for GPUs always names CUDA; whether the machine has it shows here.
            catch (OnnxRuntimeException error) when (device == ComputeDevice.Cuda && error.Message.Contains("CUDA", StringComparison.OrdinalIgnoreCase))
            {
                throw new PlatformNotSupportedException($"CUDA was asked for, but ONNX Runtime cannot use it ({FirstLine(error.Message)}); install an NVIDIA driver, CUDA 13 and cuDNN 9, or take --device cpu.", error);
            }
            catch (OnnxRuntimeException) when (device == ComputeDevice.Auto)
            {
            }
        }
        try
        {
            return (Open(model, device == ComputeDevice.Cuda), device == ComputeDevice.Cuda);
        }
        catch (OnnxRuntimeException error)
        {
            throw new InvalidModelException($"'{name}': expected an ONNX model, found {model.Length} bytes that ONNX Runtime refuses ({FirstLine(error.Message)})", error);
        }
    }

    static InferenceSession Open(byte[] model, bool cuda)
    {
        using var settings = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            // Batches run beside each other, each on the thread that asks: the sums inside an operator cannot depend on the number of threads.
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = cuda ? OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL : OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (cuda)
        {
            using var provider = new OrtCUDAProviderOptions();
            // Exhaustive search, the default, is slow at first and chooses by timing: other bits on another run.
            provider.UpdateOptions(new Dictionary<string, string> { ["cudnn_conv_algo_search"] = "HEURISTIC", ["use_tf32"] = "0" });
            settings.AppendExecutionProvider_CUDA(provider);
        }
        return new InferenceSession(model, settings);
    }

    static string FirstLine(string text) => text.Split('\n')[0].Trim();
}
