using Microsoft.ML.OnnxRuntime;
using Toolchain.Data;

namespace Toolchain.Inference;

/// <summary>
/// Principal components of vectors, ready to run: input <c>embedding</c> float32 [N,D]; output <c>component</c> float32 [N,P].
/// </summary>
public sealed class ComponentSession : IDisposable
{
    // Rows of a run: their products stay in the cache.
    const int Batch = 1024;

    readonly InferenceSession session;
    readonly string path;

    ComponentSession(InferenceSession session, string path)
    {
        (this.session, this.path) = (session, path);
        if (!session.InputMetadata.TryGetValue("embedding", out NodeMetadata? input) || input.Dimensions is not [_, > 0]
            || !session.OutputMetadata.TryGetValue("component", out NodeMetadata? output) || output.Dimensions is not [_, > 0]
            || !session.ModelMetadata.CustomMetadataMap.ContainsKey(ModelKeys.ComponentShares))
        {
            session.Dispose();
            throw new InvalidModelException($"'{path}': expected principal components (input 'embedding', output 'component'), found "
                + "another model; fit them with 'uvl pca VECTORS --components 50 --out pca.onnx'.");
        }
        (Width, Count) = (input.Dimensions[1], output.Dimensions[1]);
    }

    /// <summary>Numbers of an embedding (D).</summary>
    public int Width { get; }

    /// <summary>Components (P).</summary>
    public int Count { get; }

    /// <summary>Opens a file of <c>uvl pca VECTORS --out pca.onnx</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads inside one operator; 0 takes one for each processor core.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidModelException">It holds something else.</exception>
    public static ComponentSession Open(string path, int threads = 0) => Open(File.ReadAllBytes(path), path, threads);

    /// <summary>Opens such a model from memory.</summary>
    /// <param name="model">The bytes of the file.</param>
    /// <param name="path">What it is called in errors.</param>
    /// <param name="threads">Threads inside one operator; 0 takes one for each processor core.</param>
    /// <exception cref="InvalidModelException">It holds something else.</exception>
    public static ComponentSession Open(byte[] model, string path, int threads = 0) =>
        new(Sessions.Open(model, path, ComputeDevice.Cpu, threads).Session, path);

    /// <summary>The components of each row.</summary>
    /// <param name="rows">Rows [N,D]; they may lie in a mapped file.</param>
    /// <param name="components">Gets the components, [N,P].</param>
    /// <exception cref="InvalidModelException">The runtime cannot run the model.</exception>
    public void Run(ReadOnlySpan<float> rows, Span<float> components)
    {
        float[] block = new float[Batch * Width];
        using RunOptions quiet = Sessions.Quiet();
        int all = components.Length / Count;
        for (int first = 0; first < all; first += Batch)
        {
            int count = Math.Min(Batch, all - first);
            rows.Slice(first * Width, count * Width).CopyTo(block);
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, block.AsMemory(0, count * Width),
                [count, Width]);
            try
            {
                using IDisposableReadOnlyCollection<OrtValue> found = session.Run(quiet, ["embedding"], [input], ["component"]);
                found[0].GetTensorDataAsSpan<float>().CopyTo(components[(first * Count)..]);
            }
            catch (OnnxRuntimeException error)
            {
                throw Sessions.CannotRun(path, error);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();
}
