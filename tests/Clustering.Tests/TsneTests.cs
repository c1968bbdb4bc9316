using Toolchain.Clustering.Neighbours;
using Toolchain.Clustering.Tsne;

namespace Toolchain.Clustering.Tests;

/// <summary>t-SNE against its sums over all pairs, and what a picture must keep.</summary>
public class TsneTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(48)]
    [InlineData(288)]
    [InlineData(720)]
    public void Transform_OfNoise_IsTheSumOverRootsOfUnity(int length)
    {
        float[] real = Noise(length * Fourier.Batch, 1), imaginary = Noise(length * Fourier.Batch, 2), givenReal = [.. real],
            givenImaginary = [.. imaginary];
        float[] spare = new float[real.Length], spare2 = new float[real.Length];
        new Fourier(length).Transform(ref real, ref imaginary, ref spare, ref spare2);
        foreach ((int lane, int k) in new[] { (0, 0), (3, 1), (7, length / 2), (15, length - 1) })
        {
            System.Numerics.Complex sum = 0;
            for (int i = 0; i < length; i++)
            {
                var value = new System.Numerics.Complex(givenReal[i * Fourier.Batch + lane], givenImaginary[i * Fourier.Batch + lane]);
                sum += value * System.Numerics.Complex.FromPolarCoordinates(1, -2 * Math.PI * i * k / length);
            }
            Assert.Equal(sum.Real, real[k * Fourier.Batch + lane], 1e-4 * Math.Sqrt(length));
            Assert.Equal(sum.Imaginary, imaginary[k * Fourier.Batch + lane], 1e-4 * Math.Sqrt(length));
        }
    }

    [Fact]
    public void Transform_OfAHalf_IsThatOfTheWholePaddedWithZeros()
    {
        const int length = 240, half = length / 2 * Fourier.Batch;
        var fourier = new Fourier(length);
        float[] real = Noise(2 * half, 1), imaginary = Noise(2 * half, 2), spare = new float[2 * half], spare2 = new float[2 * half];
        float[] wholeReal = [.. real[..half], .. new float[half]], wholeImaginary = [.. imaginary[..half], .. new float[half]];
        fourier.Transform(ref real, ref imaginary, ref spare, ref spare2, halfGiven: true, halfWanted: true);
        fourier.Transform(ref wholeReal, ref wholeImaginary, ref spare, ref spare2);
        Assert.Equal(wholeReal[..half], real[..half], (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(wholeImaginary[..half], imaginary[..half], (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Theory]
    [InlineData(16, 1f)]
    [InlineData(44, .3f)] // an odd number of blocks of columns
    [InlineData(60, .01f)]
    public void Apply_OfCharges_IsTheSumOverAllPairsOfNodes(int least, float spacing)
    {
        var convolution = new Convolution(Convolution.Fitting(least), spacing, 2);
        (int side, int stride) = (convolution.Side, convolution.Stride);
        // Smooth charges: the spline's transform, by which the kernel is divided twice on the way in and out, is then 1.
        float[] field = new float[side * stride];
        double[] charges =
            [.. Enumerable.Range(0, side * side).Select(i =>
            Math.Exp(-.05 * (Math.Pow(i / side - side * .4, 2) + Math.Pow(i % side - side * .5, 2))))];
        for (int i = 0; i < charges.Length; i++)
        {
            field[i / side * stride + i % side] = (float)charges[i];
        }
        convolution.Apply(field);
        foreach ((int x, int y) in new[] { (0, 0), (side / 2, side / 3), (side - 1, 3), (5, side - 1) })
        {
            double expected = charges.Select((charge, i) =>
                charge * (1 / (1 + (Math.Pow(i / side - y, 2) + Math.Pow(i % side - x, 2)) * spacing * spacing) - convolution.Constant))
                .Sum();
            Assert.Equal(1, field[y * stride + x] / expected, 5e-2);
        }
    }

    [Theory]
    [InlineData(400, 1e-4f, 1e-4)]
    [InlineData(400, 10, 1e-3)]
    [InlineData(4000, 27, 1e-2)]
    [InlineData(300, 300, 2e-3)]
    [InlineData(256, 300, 1e-5)] // few rows: all pairs, no grid
    [InlineData(4, 10, 1e-5)]
    public void Push_OfAnyRange_IsTheSumOverAllPairs(int count, float range, double error)
    {
        float[][] places = [[.. Noise(count, 3).Select(value => value * range)], [.. Noise(count, 4).Select(value => value * range)]];
        float[][] found = [new float[count], new float[count]];
        double total = new Repulsion(count, 2).Sum(places, found);
        double expectedTotal = 0, wrong = 0, size = 0;
        for (int i = 0; i < count; i++)
        {
            double x = 0, y = 0;
            for (int j = 0; j < count; j++)
            {
                double dx = places[0][i] - places[0][j], dy = places[1][i] - places[1][j], kernel = 1 / (1 + dx * dx + dy * dy);
                expectedTotal += i == j ? 0 : kernel;
                (x, y) = (x + kernel * kernel * dx, y + kernel * kernel * dy);
            }
            wrong += Math.Pow(found[0][i] - x, 2) + Math.Pow(found[1][i] - y, 2);
            size += x * x + y * y;
        }
        Assert.Equal(1, total / expectedTotal, error);
        Assert.True(Math.Sqrt(wrong / size) < error, $"relative error {Math.Sqrt(wrong / size)}");
    }

    [Fact]
    public void Push_RowsFarApart_LeavesOutWhatEachAddsItself() // whose error would be larger than all others together
    {
        float[][] places = [[.. Noise(300, 3).Select(value => value * 300)], [.. Noise(300, 4).Select(value => value * 300)]];
        double expected = Enumerable.Range(0, 300 * 300).Where(pair => pair / 300 != pair % 300)
            .Sum(pair =>
            1 / (1 + Math.Pow(places[0][pair / 300] - places[0][pair % 300], 2)
            + Math.Pow(places[1][pair / 300] - places[1][pair % 300], 2)));
        Assert.Equal(1, new Repulsion(300, 2).Sum(places, [new float[300], new float[300]]) / expected, 5e-2);
    }

    [Fact]
    public void Fill_GivesTheWantedEntropy()
    {
        float[] distances = [.. Noise(90, 5).Select(MathF.Abs).Order()], shares = new float[90];
        Bandwidth.Fill(distances, Math.Log(30), shares);
        Assert.Equal(1, shares.Sum(), 1e-5);
        Assert.Equal(Math.Log(30), -shares.Sum(share => share * Math.Log(share)), 1e-5);
        Assert.Equal(shares.OrderDescending(), shares);
    }

    [Fact]
    public void Fill_EqualDistances_SharesAlike()
    {
        float[] shares = new float[9];
        Bandwidth.Fill(new float[9], Math.Log(3), shares);
        Assert.All(shares, share => Assert.Equal(1 / 9f, share, 1e-6));
    }

    [Fact]
    public void Fit_ThreeClouds_KeepsThemApart()
    {
        Rows rows = Clouds(3, 100, 8);
        TsneResult found = TsneEmbedding.Fit(rows, new TsneOptions { Iterations = 400, Perplexity = 20 });
        NeighbourTable near = NeighbourSearch.OfEach(found.Coordinates, 10);
        int alike = near.Indices.Where((other, i) => other / 100 == i / 10 / 100).Count();
        Assert.Equal(near.Indices.Length, alike);
        Assert.InRange(found.Divergence, 0, 1.2);
        Assert.Equal(0, found.Coordinates.Values.ToArray().Where((_, i) => i % 2 == 0).Average(), 1e-3);
    }

    [Fact]
    public void Fit_RowsAllButEqual_StaysTogether()
    {
        Rows rows = new(Noise(100 * 16, 9).Select(value => 1 + value * 1e-3f).ToArray(), 16);
        TsneResult found = TsneEmbedding.Fit(rows, new TsneOptions());
        Assert.InRange(found.Coordinates.Values.ToArray().Max(Math.Abs), 0.1, 100);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(6, 1)]
    [InlineData(20, 6)]
    [InlineData(40, 13)]
    public void Fit_FewRows_EndsSoon(int count, double perplexity) // on a grid as wide as the embedding it took a minute
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        TsneResult found = TsneEmbedding.Fit(new Rows(Noise(count * 8, 11), 8), new TsneOptions { Perplexity = perplexity });
        Assert.True(clock.Elapsed.TotalSeconds < 4, $"{clock.Elapsed}");
        Assert.All(found.Coordinates.Values.ToArray(), place => Assert.True(float.IsFinite(place)));
    }

    [Fact]
    public void Fit_ByAnyThreadCount_GivesTheSameBits()
    {
        Rows rows = Clouds(4, 200, 8);
        float[][] found =
            [.. new[] { 1, 2, 4 }.Select(threads =>
            TsneEmbedding.Fit(rows, new TsneOptions { Iterations = 60, Threads = threads }).Coordinates.Values.ToArray())];
        Assert.Equal(found[0], found[1]);
        Assert.Equal(found[0], found[2]);
    }

    [Fact]
    public void Fit_MoreIterations_LowersTheDivergence()
    {
        Rows rows = Clouds(4, 200, 8);
        double Of(int iterations) =>
            TsneEmbedding.Fit(rows, new TsneOptions { Iterations = iterations, ExaggeratedIterations = 50 }).Divergence;
        Assert.True(Of(400) < Of(60) && Of(60) < Of(1));
    }

    [Theory]
    [InlineData(50, 30, "'perplexity' must be in [1..16] for 50 rows, was 30.")]
    [InlineData(5, 2, "'perplexity' must be in [1..1] for 5 rows, was 2.")]
    [InlineData(50, 0.5, "'perplexity' must be at least 1, was 0.5.")]
    public void Fit_BadPerplexity_SaysTheRange(int count, double perplexity, string text) =>
        Assert.Equal(text, Assert.Throws<ArgumentException>(() =>
        TsneEmbedding.Fit(new Rows(Noise(count * 4, 1), 4), new TsneOptions { Perplexity = perplexity })).Message);

    static Rows Clouds(int clouds, int each, int width)
    {
        float[] noise = Noise(clouds * each * width, 6), centres = Noise(clouds * width, 7);
        return new Rows(noise.Select((value, i) => value * .2f + centres[i / (each * width) * width + i % width] * 4).ToArray(), width);
    }

    // In [-1..1].
    static float[] Noise(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }
}
