using Toolchain.Commands;

namespace Toolchain.EndToEnd;

public sealed class PaceTests
{
    readonly Clock clock = new();

    [Fact]
    public void State_OfWorkThatGoesOn_CountsNotWhatWasDoneBefore()
    {
        var pace = new Pace(1000, "images", time: clock);
        clock.Seconds = 2; // opening what was done before
        Assert.False(pace.IsDue(900));
        clock.Seconds = 12;
        Assert.True(pace.IsDue(950));
        Assert.Equal("95 %, 5 images/s, 0:10 left", pace.State(950));
    }

    [Fact]
    public void State_OfTheFirstReport_IsTheSpeedUpToIt()
    {
        var pace = new Pace(300, "steps", time: clock);
        clock.Seconds = 50;
        Assert.True(pace.IsDue(100));
        Assert.Equal("33 %, 2 steps/s, 1:40 left", pace.State(100));
    }

    [Theory]
    [InlineData(30, "33 %, 2 steps/s, 0:30 left")] // of a limit of 80 s, 50 are gone; the end is 100 s away
    [InlineData(300, "33 %, 2 steps/s, 1:40 left")]
    [InlineData(-5, "33 %, 2 steps/s, 0:00 left")] // the last step ends after the limit
    public void State_WithALimit_IsTheNearerOfLimitAndEnd(int left, string expected)
    {
        var pace = new Pace(300, "steps", TimeSpan.FromSeconds(50 + left), clock);
        clock.Seconds = 50;
        pace.IsDue(100);
        Assert.Equal(expected, pace.State(100));
    }

    [Fact]
    public void State_WithoutATotal_TellsWhatIsDone()
    {
        var pace = new Pace(0, "images", time: clock);
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
