using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Toolchain.Inference.Trials;

/// <summary>The child's part of a trial: opens a model under a memory limit and runs it once on drawn numbers.</summary>
static class TrialRun
{
    /// <summary>Exit status of a child that says on standard output why the model is refused.</summary>
    public const int Refused = 4;

    /// <summary>What a child says once it is up, before it looks at the model.</summary>
    public const string Ready = "ready";

    // More than the parent allows: it ends a child that lost its parent.
    const int ProcessorSeconds = 10;

    // Rows of a model of one image, as batches have them here; others get a few.
    const int OtherRows = 2;

    /// <summary>Runs the model at <paramref name="path"/>; returns the exit status.</summary>
    public static int Execute(string path)
    {
        try
        {
            ResourceLimits.LimitProcessor(ProcessorSeconds);
            _ = RuntimeInfo.Version; // loads the native library
            Console.Out.WriteLine(Ready);
            var model = ModelBytes.Read(path);
            ResourceLimits.LimitMemory(ModelTrial.MemoryLimit(model.SizeBytes));
            using InferenceSession session = Sessions.Open(model, ComputeDevice.Cpu).Session;
            Run(session);
            return 0;
        }
        catch (Exception error) when (error is InvalidModelException or FileNotFoundException)
        {
            // The parent puts the path in front.
            Console.Out.WriteLine(error.Message.Replace($"'{path}': ", "", StringComparison.Ordinal));
        }
        catch (OnnxRuntimeException error)
        {
            Console.Out.WriteLine(Sessions.CannotRun(path, error).Message.Replace($"'{path}': ", "", StringComparison.Ordinal));
        }
        return Refused;
    }

    static void Run(InferenceSession session)
    {
        int rows = session.InputMetadata is { Count: 1 } only && only.Values.First() is { IsTensor: true, Dimensions.Length: 4 }
            ? EncoderSession.BatchSize : OtherRows;
        string[] names = [.. session.InputMetadata.Keys];
        OrtValue[] inputs = [.. names.Select(name => Drawn(name, session.InputMetadata[name], rows))];
        try
        {
            using RunOptions options = Sessions.Quiet();
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(options, names, inputs, session.OutputNames);
            if (names is ["image"] && rows == EncoderSession.BatchSize && session.InputMetadata["image"].Dimensions[0] < 0)
            {
                TrialOutputs.Check(session, options, inputs[0], [.. outputs]);
            }
        }
        finally
        {
            Array.ForEach(inputs, value => value.Dispose());
        }
    }

    // Numbers in [0,1) for floats, zeros for the others.
    static OrtValue Drawn(string name, NodeMetadata input, int rows)
    {
        if (!input.IsTensor || input.IsString)
        {
            throw new InvalidModelException($"expected inputs that are tensors of numbers, found '{name}' of {input.OnnxValueType}; such a "
                + $"model cannot be tried.");
        }
        long[] sizes = [.. input.Dimensions.Select(size => size < 0 ? rows : (long)size)];
        OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, input.ElementDataType, sizes);
        if (input.ElementDataType == TensorElementType.Float)
        {
            var random = new Random(1);
            foreach (ref float number in value.GetTensorMutableDataAsSpan<float>())
            {
                number = random.NextSingle();
            }
        }
        else
        {
            value.GetTensorMutableRawData().Clear();
        }
        return value;
    }
}
