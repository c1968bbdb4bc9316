using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Toolchain.Inference.Trials;

/// <summary>
/// Whether the outputs of the contract are functions of each image: one row an image, and the same row whatever else is in the batch.
/// </summary>
static class TrialOutputs
{
    // Of the largest element of an output; float32 in another order differs by far less, 8-bit activations by a step.
    const float Tolerance = 2e-2f;

    // Rows that are run again without the others.
    const int Part = 8;

    /// <summary>Runs a part of the batch again and compares.</summary>
    /// <exception cref="InvalidModelException">An output has another number of rows, or its rows depend on other images.</exception>
    public static void Check(InferenceSession session, RunOptions options, OrtValue images, OrtValue[] outputs)
    {
        long[] sizes = images.GetTensorTypeAndShape().Shape;
        string[] names = [.. session.OutputNames];
        foreach ((string name, OrtValue output) in names.Zip(outputs).Where(pair => Contract.Outputs.Contains(pair.First)))
        {
            long[] found = output.GetTensorTypeAndShape().Shape;
            if (found.Length == 0 || found[0] != sizes[0])
            {
                throw new InvalidModelException($"expected one row of '{name}' for each image, found "
                    + $"[{string.Join(",", found)}] for {sizes[0]} images.");
            }
        }
        if (names.Zip(outputs).FirstOrDefault(pair => pair.First == "cluster").Second is OrtValue clusters
            && clusters.GetTensorTypeAndShape().ElementDataType == TensorElementType.Int64
            && clusters.GetTensorDataAsSpan<long>().ContainsAnyInRange(long.MinValue, -1))
        {
            throw new InvalidModelException("expected clusters of at least 0, found negative ones.");
        }
        float[] first = images.GetTensorDataAsSpan<float>()[..(int)(Part * sizes[1] * sizes[2] * sizes[3])].ToArray();
        using OrtValue part = OrtValue.CreateTensorValueFromMemory(first, [Part, .. sizes[1..]]);
        using IDisposableReadOnlyCollection<OrtValue> again = session.Run(options, ["image"], [part], names);
        for (int i = 0; i < names.Length; i++)
        {
            (OrtValue whole, OrtValue alone) = (outputs[i], again[i]);
            if (names[i] == "embedding" && whole.GetTensorTypeAndShape().ElementDataType == TensorElementType.Float
                && Difference(whole.GetTensorDataAsSpan<float>(), alone.GetTensorDataAsSpan<float>()) is var difference
                && difference > Tolerance)
            {
                throw new InvalidModelException(string.Create(CultureInfo.InvariantCulture,
                    $"expected the same 'embedding' of an image in any batch, found rows that differ by {difference:p1} of the largest "
                    + $"element; export the model in evaluation mode and without random operators."));
            }
        }
    }

    // Largest, as a fraction of the largest element; NaN is no difference here.
    static float Difference(ReadOnlySpan<float> whole, ReadOnlySpan<float> part)
    {
        float largest = float.Epsilon, difference = 0;
        for (int i = 0; i < part.Length; i++)
        {
            largest = MathF.Max(largest, MathF.Abs(whole[i]));
            difference = MathF.Max(difference, MathF.Abs(whole[i] - part[i]));
        }
        return difference / largest;
    }
}
