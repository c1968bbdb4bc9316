using Toolchain.Commands;
using Toolchain.Evaluate;
using Toolchain.Export;
using Toolchain.Inference;
using TorchSharp;

namespace Toolchain.Cli;

/// <summary>Where libtorch computes, and the runtime beside it.</summary>
static class Devices
{
    /// <summary>ONNX Runtime as the second runtime of parity.</summary>
    public static ParityRuntime OnnxRuntime => new($"ONNX Runtime {RuntimeInfo.Version}", OnnxRuntimeCheck.Run);

    /// <summary>The device of <paramref name="choice"/>.</summary>
    /// <exception cref="PlatformNotSupportedException">CUDA was asked for, and this build's libtorch has none.</exception>
    public static torch.Device Choose(ComputeDevice choice)
    {
        bool present = torch.cuda.is_available();
        if (choice == ComputeDevice.Cuda && !present)
        {
            throw new PlatformNotSupportedException("CUDA was asked for, but the loaded libtorch has none; build with -p:Gpu=true on a "
                + "machine with an NVIDIA GPU, or take --device cpu.");
        }
        return choice != ComputeDevice.Cpu && present ? torch.CUDA : torch.CPU;
    }

    /// <summary>Makes libtorch use that many threads, 0 for all processors; the same number gives the same bits.</summary>
    public static int UseThreads(int threads)
    {
        int count = threads > 0 ? threads : Environment.ProcessorCount;
        torch.set_num_threads(count);
        return count;
    }

    /// <summary>Whether libtorch loads, for the doctor.</summary>
    public static Finding LibTorch()
    {
        try
        {
            return new("libtorch", $"TorchSharp {typeof(torch).Assembly.GetName().Version}, libtorch {torch.__version__}, "
                + $"{torch.get_num_threads()} threads, CUDA {(torch.cuda.is_available() ? "yes" : "no")}");
        }
        catch (Exception error) when (error is TypeInitializationException or DllNotFoundException or NotSupportedException)
        {
            return new("libtorch", error.GetBaseException().Message.Split('\n')[0], false);
        }
    }
}
