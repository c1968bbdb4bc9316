using Microsoft.ML.OnnxRuntime;
using Toolchain.Data.Reading;

namespace Toolchain.Inference;

/// <summary>
/// Makes ONNX Runtime sessions with every option stated, for encoders and for other graphs. The runtime's own log stays silent; its errors
/// are thrown.
/// </summary>
public static class Sessions
{
    /// <summary>The execution providers that the loaded runtime has, such as "CPUExecutionProvider".</summary>
    public static string[] Providers => Telemetry.Environment.GetAvailableProviders();

    /// <summary>Opens a self-contained model, and says whether it runs on an NVIDIA GPU.</summary>
    /// <param name="model">Bytes of the model; one with external data is refused.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="threads">Threads inside one operator; 0 takes one for each processor core.</param>
    /// <param name="spins">
    /// Whether threads that wait for work keep their processors for a while: fast where nothing else runs, slow beside other work.
    /// </param>
    /// <exception cref="PlatformNotSupportedException">CUDA was asked for and is not there.</exception>
    /// <exception cref="InvalidModelException">The runtime refuses the model.</exception>
    public static (InferenceSession Session, bool OnDevice) Open(byte[] model, string name, ComputeDevice device, int threads = 1,
        bool spins = true) => Open(ModelBytes.Of(name, model), device, threads, spins);

    /// <summary>The same of a file with the weights beside it.</summary>
    internal static (InferenceSession Session, bool OnDevice) Open(ModelBytes model, ComputeDevice device, int threads = 1,
        bool spins = true)
    {
        bool present = Providers.Contains("CUDAExecutionProvider");
        if (device == ComputeDevice.Cuda && !present)
        {
            throw new PlatformNotSupportedException(
                $"CUDA was asked for, but the loaded ONNX Runtime has only {string.Join(", ", Providers)}; "
                + "build with -p:Gpu=true on a machine with an NVIDIA GPU, CUDA 13 and cuDNN 9, or take --device cpu.");
        }
        if (device != ComputeDevice.Cpu && present)
        {
            try
            {
                return (Open(model, threads, cuda: true, spins), true);
            }
            // The package for GPUs always names CUDA; whether the machine has it shows here.
            catch (OnnxRuntimeException error)
                when (device == ComputeDevice.Cuda && error.Message.Contains("CUDA", StringComparison.OrdinalIgnoreCase))
            {
                throw new PlatformNotSupportedException(
                    $"CUDA was asked for, but ONNX Runtime cannot use it ({FirstLine(error)}); "
                    + "install an NVIDIA driver, CUDA 13 and cuDNN 9, or take --device cpu.", error);
            }
            catch (OnnxRuntimeException) when (device == ComputeDevice.Auto)
            {
            }
        }
        try
        {
            return (Open(model, threads, device == ComputeDevice.Cuda, spins), device == ComputeDevice.Cuda);
        }
        catch (OnnxRuntimeException error)
        {
            string found = FileContent.InsteadOfModel(model.Bytes)
                ?? $"{model.Bytes.Length} bytes that ONNX Runtime refuses ({FirstLine(error)})";
            throw new InvalidModelException($"'{model.Path}': expected an ONNX model, found {found}.", error);
        }
    }

    /// <summary>Options of one run, with the runtime's log silent.</summary>
    public static RunOptions Quiet() => new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    /// <summary>The error of a model that the runtime has opened and then cannot run.</summary>
    public static InvalidModelException CannotRun(string name, OnnxRuntimeException error) =>
        new($"'{name}': expected a model that runs, found one that ONNX Runtime cannot run ({FirstLine(error)})", error);

    static InferenceSession Open(ModelBytes model, int threads, bool cuda, bool spins)
    {
        using var settings = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            // Of encoders, batches run beside each other, each on the thread that asks: sums inside an operator cannot depend on the number
            // of threads.
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        if (!spins)
        {
            settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        }
        if (model.Weights.Count > 0)
        {
            settings.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", model.Folder);
        }
        if (cuda)
        {
            using var provider = new OrtCUDAProviderOptions();
            // Exhaustive search, the default, is slow at first and chooses by timing: other bits on another run.
            provider.UpdateOptions(new Dictionary<string, string> { ["cudnn_conv_algo_search"] = "HEURISTIC", ["use_tf32"] = "0" });
            settings.AppendExecutionProvider_CUDA(provider);
        }
        return new InferenceSession(model.Bytes, settings);
    }

    // Without the place in the runtime's own sources, "/onnxruntime_src/FILE:LINE FUNCTION(ARGUMENTS) ".
    static string FirstLine(OnnxRuntimeException error)
    {
        string line = error.Message.Split('\n')[0].Trim();
        // Such as "[ErrorCode:Fail] ".
        line = line.StartsWith("[ErrorCode:", StringComparison.Ordinal) ? line[(line.IndexOf(']', StringComparison.Ordinal) + 1)..].Trim()
            : line;
        int start = line.IndexOf("/onnxruntime_src/", StringComparison.Ordinal), end = start < 0 ? -1
            : line.IndexOf(") ", start, StringComparison.Ordinal);
        return end < 0 ? line : line.Remove(start, end + 2 - start);
    }
}
