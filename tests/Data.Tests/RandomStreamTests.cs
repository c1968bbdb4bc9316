using Toolchain.Data.Seeds;

namespace Toolchain.Data.Tests;

public sealed class RandomStreamTests
{
    [Fact]
    public void NextUInt32_TwiceTheSameKey_GivesTheSameNumbers() =>
        Assert.Equal(Draw(new(7, "views", 1, 2, 3)), Draw(new(7, "views", 1, 2, 3)));

    [Theory]
    [InlineData(8, "views", 1, 2, 3)]
    [InlineData(7, "view", 1, 2, 3)]
    [InlineData(7, "views", 2, 2, 3)]
    [InlineData(7, "views", 1, 3, 3)]
    [InlineData(7, "views", 1, 2, 4)]
    public void NextUInt32_AnyPartOfTheKeyDiffers_GivesOtherNumbers(int seed, string purpose, int epoch, int sample, int view) =>
        Assert.NotEqual(Draw(new(7, "views", 1, 2, 3)), Draw(new((ulong)seed, purpose, epoch, sample, view)));

    [Fact]
    public void NextUInt32_FirstFour_AreThePhiloxBlockOfTheKey()
    {
        var stream = new RandomStream(5, "shuffle", epoch: 2, sample: 9, view: 1);
        PhiloxBlock block = Philox.Block(new(0, 9, 2, 1), RandomStream.KeyOf(5, "shuffle"));
        Assert.Equal([block.X0, block.X1, block.X2, block.X3],
            [stream.NextUInt32(), stream.NextUInt32(), stream.NextUInt32(), stream.NextUInt32()]);
    }

    [Fact]
    public void NextInt32_ManyDraws_CoversTheRangeEvenly()
    {
        var stream = new RandomStream(1, "ints");
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++)
        {
            counts[stream.NextInt32(7)]++;
        }
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400)); // 10,000 expected, standard deviation 93
    }

    // With 3 * 2^29 numbers for 2^32 bit patterns, plain scaling gives remainders by 3 of 3/8, 3/8 and 2/8.
    [Fact]
    public void NextInt32_LimitThatDividesBadly_IsUnbiased()
    {
        var stream = new RandomStream(1, "bias");
        int[] counts = new int[3];
        for (int i = 0; i < 30_000; i++)
        {
            counts[stream.NextInt32(3 << 29) % 3]++;
        }
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void NextDoubleAndNextSingle_ManyDraws_LieInTheUnitRangeWithItsMean()
    {
        var stream = new RandomStream(1, "uniforms");
        double sum = 0;
        for (int i = 0; i < 50_000; i++)
        {
            double a = stream.NextDouble(), b = stream.NextSingle();
            Assert.True(a is >= 0 and < 1 && b is >= 0 and < 1, $"{a} {b}");
            sum += a + b;
        }
        Assert.InRange(sum / 100_000, 0.496, 0.504);
    }

    [Fact]
    public void NextNormal_ManyDraws_HasMeanZeroVarianceOneAndNoSkew()
    {
        var stream = new RandomStream(1, "normals");
        double sum = 0, squares = 0, cubes = 0;
        const int Count = 100_000;
        for (int i = 0; i < Count; i++)
        {
            double value = stream.NextNormal();
            (sum, squares, cubes) = (sum + value, squares + value * value, cubes + value * value * value);
        }
        Assert.InRange(sum / Count, -0.015, 0.015);
        Assert.InRange(squares / Count, 0.98, 1.02);
        Assert.InRange(cubes / Count, -0.05, 0.05);
    }

    [Fact]
    public void NextPermutation_OfThree_GivesAllSixOrdersEqually()
    {
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < 6_000; i++)
        {
            string order = string.Concat(new RandomStream(1, "order", sample: i).NextPermutation(3));
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }
        Assert.Equal(["012", "021", "102", "120", "201", "210"], counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 880, 1_120));
    }

    [Fact]
    public void NextInt32_LimitZero_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomStream(1, "ints").NextInt32(0));

    static uint[] Draw(RandomStream stream) => [.. Enumerable.Range(0, 6).Select(_ => stream.NextUInt32())];
}
