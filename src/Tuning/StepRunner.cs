using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Graph.Training;
using Toolchain.Inference;

namespace Toolchain.Tuning;

/// <summary>
/// Trains on ONNX Runtime, step by step. The state stays in the runtime's memory: two sets of tensors, one read and one written, change
/// places after each step.
/// </summary>
public sealed class StepRunner : IDisposable
{
    readonly InferenceSession session;
    readonly RunOptions quiet = Sessions.Quiet();
    readonly string[] names;
    readonly string[] outputNames;
    readonly OrtValue rate = Allocated(TensorData.Scalar(0));
    readonly OrtValue loss;
    readonly bool isDouble;
    OrtValue[] state, next;

    StepRunner(InferenceSession session, TrainingGraph training)
    {
        this.session = session;
        names = [.. training.Start.Keys];
        outputNames = [training.Loss, .. names.Select(TrainingGraph.Next)];
        state = [.. training.Start.Values.Select(Allocated)];
        next = [.. training.Start.Values.Select(Allocated)];
        Value output = training.Step.Outputs.Single(output => output.Name == training.Loss);
        loss = Allocated(TensorData.FromDoubles([0], [.. output.Shape.Select(_ => 1L)], output.Type.Element));
        isDouble = output.Type.Element == ElementType.Float64;
    }

    /// <summary>Opens a training at its start.</summary>
    /// <param name="training">A training whose loss is float32 or float64.</param>
    /// <param name="threads">Threads inside one operator; 0 takes one for each processor core.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="spins">Whether waiting threads keep their processors: not beside other work, such as the drawing of views.</param>
    /// <exception cref="PlatformNotSupportedException">CUDA was asked for and is not there.</exception>
    public static StepRunner Open(TrainingGraph training, int threads = 0, ComputeDevice device = ComputeDevice.Cpu, bool spins = true)
    {
        ArgumentNullException.ThrowIfNull(training);
        return new StepRunner(Sessions.Open(training.Step.ToBytes(), "the training", device, threads, spins).Session, training);
    }

    /// <summary>The state after the steps so far, copied.</summary>
    public IReadOnlyDictionary<string, TensorData> State => names.Zip(state).ToDictionary(pair => pair.First, pair => Copied(pair.Second));

    /// <summary>One step.</summary>
    /// <param name="data">The model's own inputs by name.</param>
    /// <param name="learningRate">Of this step.</param>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="InvalidModelException">The runtime cannot run the step on this data.</exception>
    public double Step(IReadOnlyDictionary<string, OrtValue> data, double learningRate)
    {
        rate.GetTensorMutableDataAsSpan<float>()[0] = (float)learningRate;
        try
        {
            session.Run(quiet, [.. data.Keys, TrainingGraph.Rate, .. names], [.. data.Values, rate, .. state], outputNames,
                [loss, .. next]);
        }
        catch (OnnxRuntimeException error)
        {
            throw Sessions.CannotRun("the training", error);
        }
        (state, next) = (next, state);
        return isDouble ? loss.GetTensorDataAsSpan<double>()[0] : loss.GetTensorDataAsSpan<float>()[0];
    }

    /// <summary>Sets tensors of the state.</summary>
    /// <param name="tensors">By name; those of the state alone, in its types and shapes.</param>
    /// <exception cref="ArgumentException">One is no part of the state, or of another size.</exception>
    public void Load(IReadOnlyDictionary<string, TensorData> tensors)
    {
        foreach ((string name, TensorData tensor) in tensors)
        {
            int index = Array.IndexOf(names, name);
            Span<byte> to = index < 0 ? [] : state[index].GetTensorMutableRawData();
            if (to.Length != tensor.ByteCount)
            {
                throw new ArgumentException($"state '{name}': expected {to.Length} bytes, found {tensor.ByteCount}; take a state of the "
                    + "same model and method.");
            }
            tensor.Bytes.Span.CopyTo(to);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach([rate, loss, .. state, .. next], value => value.Dispose());
        quiet.Dispose();
        session.Dispose();
    }

    static OrtValue Allocated(TensorData tensor)
    {
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)tensor.Type, [.. tensor.Sizes]);
        tensor.Bytes.Span.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    static TensorData Copied(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        return new TensorData((ElementType)info.ElementDataType, info.Shape,
            MemoryMarshal.AsBytes(value.GetTensorMutableRawData()).ToArray());
    }
}
