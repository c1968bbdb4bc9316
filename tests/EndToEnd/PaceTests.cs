using Toolchain.Cli.Light;

namespace Toolchain.EndToEnd;

public sealed class PaceTests
{
    readonly Clock clock = new();

    [Fact]
    public void State_OfWorkThatGoesOn_CountsNotWhatWasDoneBefore()
    {
        var pace = new Pace(1000, "images", clock);
        clock.Seconds = 2; // opening what was done before
        Assert.False(pace.IsDue(900));
        clock.Seconds = 12;
        Assert.True(pace.IsDue(950));
        Assert.Equal("95 %, 5 images/s, 0:10 left", pace.State(950));
    }

    [Fact]
    public void State_OfTheFirstReport_IsTheSpeedUpToIt()
    {
        var pace = new Pace(300, "steps", clock);
        clock.Seconds = 50;
        Assert.True(pace.IsDue(100));
        Assert.Equal("33 %, 2 steps/s, 1:40 left", pace.State(100));
    }

    [Fact]
    public void State_WithoutATotal_TellsWhatIsDone()
    {
        var pace = new Pace(0, "images", clock);
        pace.IsDue(0);
        clock.Seconds = 4;
        Assert.Equal("4,000 images, 1,000 images/s", pace.State(4000));
    }

    sealed class Clock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(Seconds * 1000);
    }
}
