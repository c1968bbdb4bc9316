using System.Runtime.Intrinsics;
using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Data.Strokes;
using Toolchain.Views;

namespace Toolchain.Train.Tests.Augmentations;

public sealed class AugmentationTests
{
    static readonly ImageSet digits = StrokeDigits.Draw(40, 3);
    static readonly ViewCanvas canvas = new(28, 28);
    static readonly ElasticField elastic = new(canvas);
    static readonly int[] samples = [.. Enumerable.Range(0, 40)];
    static readonly AugmentationOptions identity = StillViews.Options;

    [Fact]
    public void Draw_IdentityOptions_GivesTheImageBack()
    {
        float[] views = Draw(identity);
        for (int i = 0; i < views.Length; i++)
        {
            Assert.Equal(digits.Pixels[i] / 255f, views[i], 1e-6f);
        }
    }

    [Fact]
    public void Draw_ShiftOnly_EqualsTheSlowLoop()
    {
        AugmentationOptions options = identity with { Shift = 0.2 };
        float[] views = Draw(options);
        foreach (int sample in samples)
        {
            var random = new RandomStream(RandomStream.KeyOf(7, "augmentation"), 1, sample, 0);
            AffineMap map = AffineMap.Draw(options, canvas, ref random);
            for (int y = 0; y < 28; y++)
            {
                for (int x = 0; x < 28; x++)
                {
                    Assert.Equal(SlowBilinear(sample, x + map.ShiftX, y + map.ShiftY), views[sample * 784 + y * 28 + x], 2e-5);
                }
            }
        }
    }

    [Fact]
    public void Draw_AffineMapAndDisplacement_EqualsTheSlowLoop()
    {
        AugmentationOptions options = new() { ThicknessProbability = 0 };
        float[] views = Draw(options), dx = new float[ElasticField.CountOf(canvas)], dy = new float[ElasticField.CountOf(canvas)];
        foreach (int sample in samples)
        {
            var random = new RandomStream(RandomStream.KeyOf(7, "augmentation"), 1, sample, 0);
            AffineMap map = AffineMap.Draw(options, canvas, ref random);
            elastic.Draw(dx, options.Elastic, ref random);
            elastic.Draw(dy, options.Elastic, ref random);
            for (int pixel = 0; pixel < 784; pixel++)
            {
                (int x, int y) = (pixel % 28, pixel / 28);
                double u = x - 13.5, v = y - 13.5;
                double sourceX = map.XX * u + map.XY * v + 13.5 + map.ShiftX + dx[y * 32 + x], sourceY = map.YX * u + map.YY * v + 13.5
                    + map.ShiftY + dy[y * 32 + x];
                Assert.Equal(SlowBilinear(sample, sourceX, sourceY), views[sample * 784 + pixel], 2e-5);
            }
        }
    }

    [Fact]
    public void Draw_TwoViewsAtOnce_AreTheViewsDrawnAlone()
    {
        var both = new float[2 * samples.Length * 784];
        new Augmentation(new(), ImageShape.Mnist, 7).Draw(digits, samples, new(1, 3, 2), both, 2);
        Assert.Equal(Draw(new(), view: 3).Concat(Draw(new(), view: 4)), both);
    }

    [Fact]
    public void Draw_SureOcclusion_OnlyTakesInkAway()
    {
        float[] whole = Draw(new()), parts = Draw(new() { EraseProbability = 1, BarProbability = 1 });
        Assert.All(whole.Zip(parts), pair => Assert.True(pair.Second == 0 || pair.Second == pair.First));
        Assert.InRange(parts.Sum() / whole.Sum(), 0.4, 0.9);
    }

    [Fact]
    public void Draw_SameKey_GivesTheSameView() => Assert.Equal(Draw(new()), Draw(new()));

    [Fact]
    public void Draw_OtherSeedEpochOrView_GivesAnotherView()
    {
        float[] first = Draw(new());
        Assert.NotEqual(first, Draw(new(), seed: 8));
        Assert.NotEqual(first, Draw(new(), epoch: 2));
        Assert.NotEqual(first, Draw(new(), view: 1));
    }

    [Fact]
    public void Draw_OtherSample_IsDrawnOtherwise()
    {
        byte[] twice = [.. digits.Image(0), .. digits.Image(0)];
        var views = new float[2 * 784];
        new Augmentation(new(), ImageShape.Mnist, 7).Draw(new ImageSet("twice", Split.All, twice), [0, 1], new(0, 0, 1), views);
        Assert.False(views.AsSpan(0, 784).SequenceEqual(views.AsSpan(784)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Draw_AnyThreadCount_GivesTheSameBits(int threads) => Assert.Equal(Draw(new()), Draw(new(), threads: threads));

    [Fact]
    public void Draw_SampleAlone_EqualsTheSampleInItsBatch()
    {
        var alone = new float[784];
        new Augmentation(new(), ImageShape.Mnist, 7).Draw(digits, [23], new(1, 0, 1), alone);
        Assert.Equal(Draw(new())[(23 * 784)..(24 * 784)], alone);
    }

    [Fact]
    public void Draw_WildOptions_StaysInUnitRange()
    {
        float[] views =
            Draw(new()
            {
                RotationDegrees = 90,
                Shear = 1,
                ScaleLow = 0.3,
                ScaleHigh = 3,
                Anisotropy = 1,
                Shift = 0.5,
                Elastic = 8,
                ThicknessProbability = 1,
                Thickness = 5,
                OutlineProbability = 0.5,
                SerifProbability = 0.5,
            });
        Assert.All(views, value => Assert.InRange(value, 0, 1));
        Assert.Contains(views, value => value > 0.5f);
    }

    [Fact]
    public void AffineMap_ScaleOfTwo_ReadsFromHalfTheDistance()
    {
        var random = new RandomStream(1, "test");
        AffineMap map = AffineMap.Draw(identity with { ScaleLow = 2, ScaleHigh = 2 }, canvas, ref random);
        Assert.Equal((20.25f, 6.75f), Source(map, 27, 0)); // 13.5 +- 13.5 / 2
    }

    [Fact]
    public void AffineMap_Rotation_KeepsDistances()
    {
        var random = new RandomStream(1, "test");
        AffineMap map = AffineMap.Draw(identity with { RotationDegrees = 20 }, canvas, ref random);
        (float x, float y) = Source(map, 27, 13);
        Assert.Equal(Math.Sqrt(13.5 * 13.5 + 0.25), Math.Sqrt((x - 13.5) * (x - 13.5) + (y - 13.5) * (y - 13.5)), 1e-4);
        Assert.NotEqual((27f, 13f), (x, y));
    }

    static (float X, float Y) Source(AffineMap map, int x, int y)
    {
        (Vector256<float> sourceX, Vector256<float> sourceY) = map.Source(Vector256.Create((float)x), y);
        return (sourceX[0], sourceY[0]);
    }

    static float[] Draw(AugmentationOptions options, ulong seed = 7, int epoch = 1, int view = 0, int threads = 2)
    {
        var views = new float[samples.Length * 784];
        new Augmentation(options, ImageShape.Mnist, seed).Draw(digits, samples, new(epoch, view, 1), views, threads);
        return views;
    }

    static double SlowBilinear(int sample, double x, double y)
    {
        double sum = 0;
        for (int row = 0; row < 28; row++)
        {
            for (int column = 0; column < 28; column++)
            {
                sum += digits.Image(sample)[row * 28 + column] / 255.0 * Math.Max(0, 1 - Math.Abs(x - column)) * Math.Max(0,
                    1 - Math.Abs(y - row));
            }
        }
        return sum;
    }
}
