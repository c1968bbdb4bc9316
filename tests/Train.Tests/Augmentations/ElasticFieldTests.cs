using Toolchain.Data.Seeds;
using Toolchain.Views;

namespace Toolchain.Train.Tests.Augmentations;

public sealed class ElasticFieldTests
{
    const int draws = 2000;

    static readonly ViewCanvas canvas = new(28, 28);

    // The relative error of a deviation measured on n draws is 1/sqrt(2n), 1.6 % here; four of them.
    [Theory]
    [InlineData(0)]
    [InlineData(7 * 32 + 7)]
    [InlineData(3 * 32 + 11)]
    [InlineData(27 * 32 + 27)]
    public void Draw_AtEachPixel_HasTheAskedDeviation(int pixel)
    {
        double sum = 0, squares = 0;
        foreach (float[] field in Fields(draws, 1.5))
        {
            sum += field[pixel];
            squares += (double)field[pixel] * field[pixel];
        }
        Assert.InRange(Math.Sqrt(squares / draws), 1.5 * 0.936, 1.5 * 1.064);
        Assert.InRange(sum / draws, -0.14, 0.14);
    }

    [Fact]
    public void Draw_Neighbours_DifferLittle() // control points lie 6.75 pixels apart
    {
        double step = 0, size = 0;
        foreach (float[] field in Fields(50, 1))
        {
            for (int i = 0; i < ElasticField.CountOf(canvas); i++)
            {
                if (i % 32 < 27)
                {
                    step += Math.Pow(field[i + 1] - field[i], 2);
                    size += Math.Pow(field[i], 2);
                }
            }
        }
        Assert.InRange(Math.Sqrt(step / size), 0.01, 0.25);
    }

    static IEnumerable<float[]> Fields(int count, double deviation)
    {
        for (int i = 0; i < count; i++)
        {
            yield return Field(i, deviation);
        }
    }

    static float[] Field(int sample, double deviation)
    {
        var random = new RandomStream(9, "elastic", sample: sample);
        var field = new float[ElasticField.CountOf(canvas)];
        new ElasticField(canvas).Draw(field, deviation, ref random);
        return field;
    }
}
