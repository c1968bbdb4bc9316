using Toolchain.Data.Seeds;
using Toolchain.Graph;

namespace Toolchain.Evaluate.Plots;

/// <summary>What a generator of InfoGAN takes.</summary>
/// <param name="Noise">Numbers of noise.</param>
/// <param name="Codes">Values of the categorical code.</param>
/// <param name="Continuous">Continuous codes.</param>
public sealed record GeneratorInputs(int Noise, int Codes, int Continuous)
{
    /// <summary>Images of a row.</summary>
    public const int Columns = 10;

    /// <summary>A row for each code; what is not swept is the same along a row, or, without a sweep, new for each image.</summary>
    /// <param name="swept">Index of the swept continuous code, from 1; 0 for none.</param>
    /// <param name="range">It goes from minus to plus this along a row.</param>
    /// <param name="seed">Seed of noise and codes.</param>
    /// <returns>z [N,Noise], code [N,Codes] and continuous [N,Continuous] of N = Codes * Columns images.</returns>
    public Dictionary<string, TensorData> Latents(int swept, double range, ulong seed)
    {
        int count = Codes * Columns;
        float[] z = new float[count * Noise], code = new float[count * Codes], values = new float[count * Continuous];
        for (int image = 0; image < count; image++)
        {
            (int row, int column) = (image / Columns, image % Columns);
            // The same noise in every row: rows then differ by the code alone.
            var random = new RandomStream(seed, "plot", sample: swept > 0 ? 0 : column);
            Fill(z.AsSpan(image * Noise, Noise), ref random);
            Fill(values.AsSpan(image * Continuous, Continuous), ref random);
            code[image * Codes + row] = 1;
            if (swept > 0)
            {
                values.AsSpan(image * Continuous, Continuous).Clear();
                values[image * Continuous + swept - 1] = (float)(range * (2.0 * column / (Columns - 1) - 1));
            }
        }
        return new()
        {
            ["z"] = TensorData.Of(z, count, Noise),
            ["code"] = TensorData.Of(code, count, Codes),
            ["continuous"] = TensorData.Of(values, count, Continuous)
        };
    }

    static void Fill(Span<float> values, ref RandomStream random)
    {
        foreach (ref float value in values)
        {
            value = 2 * random.NextSingle() - 1;
        }
    }
}
