namespace Toolchain.Inference.Tests;

public sealed class NoveltyTests
{
    // Centres (0,0) and (3,4): (3,0) is 3 from the first and 4 from the other; with a distance of 2 its score is 1.5.
    [Fact]
    public void Score_TwoCentres_IsTheDistanceToTheNearerOverTheDistance()
    {
        var novelty = new Novelty([0, 0, 3, 4], 2, 2);
        Assert.Equal((0, 3f), novelty.Nearest([3, 0]));
        Assert.Equal(1.5f, novelty.Score([3, 0]), 1e-6f);
        Assert.Equal(0, novelty.Score([3, 4]));
    }

    [Fact]
    public void Nearest_ManyDimensions_IsThatOfAPlainLoop()
    {
        var random = new Random(3);
        float[] centres = [.. Enumerable.Range(0, 7 * 37).Select(_ => (float)(Half)random.NextSingle())],
            row = [.. Enumerable.Range(0, 37).Select(_ => random.NextSingle())];
        double least = Enumerable.Range(0, 7).Min(centre =>
            Math.Sqrt(Enumerable.Range(0, 37).Sum(i => Math.Pow(row[i] - centres[centre * 37 + i], 2))));
        Assert.Equal(least, new Novelty(centres, 37, 1).Nearest(row).Distance, 1e-5);
    }

    [Fact]
    public void Parse_OfItsText_IsTheSame()
    {
        var novelty = new Novelty([0.1f, 2, -3, 1e-3f], 2, 0.25);
        Novelty again = Novelty.Parse(novelty.ToText(), "m");
        Assert.Equal((2, 0.25), (again.Dimension, again.Distance));
        Assert.Equal(novelty.Score([1, 1]), again.Score([1, 1]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"dimension\":2,\"distance\":1,\"centres_float16\":\"AA==\"}")]
    [InlineData("{\"dimension\":0,\"distance\":1,\"centres_float16\":\"AAAA\"}")]
    [InlineData("{\"dimension\":1,\"distance\":0,\"centres_float16\":\"AAA=\"}")]
    [InlineData("{\"dimension\":1,\"distance\":1,\"centres_float16\":\"AHw=\"}")]
    [InlineData("{\"dimension\":\"x\",\"distance\":1,\"centres_float16\":7}")]
    public void Parse_DamagedText_IsABadModel(string text) =>
        Assert.StartsWith("'m': metadata 'uvl.novelty': expected", Assert.Throws<InvalidModelException>(() => Novelty.Parse(text, "m"))
            .Message);
}
