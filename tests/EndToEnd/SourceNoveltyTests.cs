using Toolchain.Inference;

namespace Toolchain.EndToEnd;

/// <summary>The line about a source as a whole, by the shares that its images give.</summary>
public sealed class SourceNoveltyTests
{
    static string? Warning(long count, long foreign, double largestShare) =>
        SourceNovelty.WarningOf(new EmbedReport(count, 0, 0, 0, 0, foreign) { LargestShare = largestShare });

    [Theory]
    [InlineData(1000, 20, 0.17)] // as MNIST's own test images and one digit alone have it
    [InlineData(99, 9, 1)] // too few to judge
    [InlineData(100, 9, 0)] // nor
    [InlineData(0, 0, 0)]
    public void WarningOf_UsualImages_IsNone(long count, long foreign, double largestShare) =>
        Assert.Null(Warning(count, foreign, largestShare));

    [Theory]
    [InlineData(1, 1, 1, "warning: out-of-distribution images: 100 % lie farther from the training images than 99 % of those do;")]
    [InlineData(1000, 501, 0, "warning: out-of-distribution images: 50 % lie farther")]
    [InlineData(1000, 0, 0.99, "warning: out-of-distribution images: 99 % are nearest to a single centre")]
    [InlineData(1000, 46, 0, "warning: the images differ from the training images: 4.6 % lie farther away than 99 % of those do;")]
    public void WarningOf_UnusualImages_SaysWhatIsUnusual(long count, long foreign, double largestShare, string start) =>
        Assert.StartsWith(start, Warning(count, foreign, largestShare), StringComparison.Ordinal);
}
