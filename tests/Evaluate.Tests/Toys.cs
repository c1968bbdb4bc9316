using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Tests;

/// <summary>Digits whose embeddings are known: image i shows digit i mod 10, and its row lies at that digit's corner.</summary>
static class Toys
{
    public static ImageSet Digits(int count, string name = "toy")
    {
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 10)];
        byte[] pixels = [.. labels.SelectMany(label => Enumerable.Repeat((byte)(label * 20), ImageShape.Mnist.Size))];
        return new ImageSet(name, Split.Test, pixels, new() { Labels = labels });
    }

    /// <summary>Rows [N,10]: ten at the digit's place, and a little noise so that no covariance is singular.</summary>
    public static Rows Separable(int count, int sample)
    {
        var random = new RandomStream(3, "rows", sample: sample);
        var values = new float[count * 10];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (i / 10 % 10 == i % 10 ? 10 : 0) + (float)random.NextNormal() / 10;
        }
        return new Rows(values, 10);
    }

    public static ModelOutputs ModelOutputs(int train, int test) => new()
    {
        Method = "toy",
        Train = Separable(train, 1),
        Test = Separable(test, 2),
        ModelSha256 = new string('a', 64),
        Bytes = 1234,
    };
}
