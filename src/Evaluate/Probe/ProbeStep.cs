using Microsoft.ML.OnnxRuntime;

namespace Toolchain.Evaluate.Probe;

/// <summary>Runs the step graph again and again: two sets of state buffers take turns as input and output, and nothing is allocated.</summary>
sealed class ProbeStep : IDisposable
{
    static readonly string[] inputs = ["x", "target", "correction1", "correction2", .. AdamStepGraph.State];
    static readonly string[] outputs = [.. AdamStepGraph.State.Select(name => $"next_{name}")];

    readonly InferenceSession session;
    readonly RunOptions options = new();
    readonly float[] correction1 = new float[1], correction2 = new float[1];
    readonly OrtValue[] batch;
    readonly (float[][] Buffers, OrtValue[] Values)[] states;
    int count;

    public ProbeStep(InferenceSession session, int batchSize, int width, int classes)
    {
        this.session = session;
        (Rows, Target) = (new float[batchSize * width], new float[batchSize * classes]);
        batch =
        [
            OrtValue.CreateTensorValueFromMemory(Rows, [batchSize, width]), OrtValue.CreateTensorValueFromMemory(Target, [batchSize, classes]),
            OrtValue.CreateTensorValueFromMemory(correction1, [1]), OrtValue.CreateTensorValueFromMemory(correction2, [1]),
        ];
        states = [MakeState(), MakeState()];

        (float[][], OrtValue[]) MakeState()
        {
            long[][] shapes = [.. AdamStepGraph.State.Select(name => name.StartsWith("weight", StringComparison.Ordinal) ? new long[] { classes, width } : [classes])];
            float[][] buffers = [.. shapes.Select(shape => new float[shape.Aggregate(1L, (a, b) => a * b)])];
            return (buffers, [.. buffers.Zip(shapes, (buffer, shape) => OrtValue.CreateTensorValueFromMemory(buffer, shape))]);
        }
    }

    /// <summary>Standardised rows of the batch, [N,D], to be filled before each step.</summary>
    public float[] Rows { get; }

    /// <summary>One-hot digits of the batch, [N,K].</summary>
    public float[] Target { get; }

    /// <summary>The present value of a part of the state.</summary>
    public float[] this[string name] => states[count % 2].Buffers[Array.IndexOf(AdamStepGraph.State, name)];

    /// <summary>Makes one step.</summary>
    public void Run()
    {
        (correction1[0], correction2[0]) = AdamStepGraph.Corrections(count + 1);
        session.Run(options, inputs, [.. batch, .. states[count % 2].Values], outputs, states[(count + 1) % 2].Values);
        count++;
    }

    public void Dispose()
    {
        foreach (OrtValue value in (IEnumerable<OrtValue>)[.. batch, .. states[0].Values, .. states[1].Values])
        {
            value.Dispose();
        }
        options.Dispose();
    }
}
