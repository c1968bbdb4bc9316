namespace Toolchain.EndToEnd.Docs;

public sealed class ScaleSimulationTests
{
    static readonly NodeKind kind = new("test", 1e6, "", 0);

    // 1,000 s of work: 4 shards on 2 nodes are two rounds of 250 s and a start each.
    [Fact]
    public void Run_WithoutFailures_IsTheClosedForm()
    {
        SimulatedJob job = ScaleSimulation.Run(kind, 2, 4, 0, 1);
        Assert.Equal(2 * (250 + ScaleModel.StartSeconds) / 3600, job.Hours, 1e-12);
        Assert.Equal(0, job.Failures);
        Assert.Equal(1000 / (2 * 2 * (250 + ScaleModel.StartSeconds)), job.Share, 1e-12);
    }

    // Of ten shards on four nodes the last round has two.
    [Fact]
    public void Run_ShardsThatDoNotDivide_WaitForTheLastRound() =>
        Assert.Equal(3 * (100 + ScaleModel.StartSeconds) / 3600, ScaleSimulation.Run(kind, 4, 10, 0, 1).Hours, 1e-12);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_MoreFailures_TakesLonger(int seed)
    {
        double[] hours = [.. new[] { 0, 1d, 10, 100 }.Select(rate => ScaleSimulation.Run(kind, 3, 30, rate, seed).Hours)];
        Assert.Equal(hours.Order(), hours);
        Assert.True(hours[3] > hours[0], $"seed {seed}: {string.Join(' ', hours)}");
        Assert.True(ScaleSimulation.Run(kind, 3, 30, 100, seed).Failures > 0, $"seed {seed}");
    }
}
