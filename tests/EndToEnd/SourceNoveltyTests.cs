using Toolchain.Cli.Light;
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
    [InlineData(1, 1, 1, "these images look foreign: 100 % of them lie farther from the model's training images than 99 % of those;")]
    [InlineData(1000, 501, 0, "these images look foreign: 50 % of them lie farther")]
    [InlineData(1000, 0, 0.99, "these images look foreign: 99 % of them look alike to the model, nearest to one of the centres")]
    [InlineData(1000, 46, 0, "these images differ from the model's training images: 4.6 % of them lie farther away than 99 % of those;")]
    public void WarningOf_UnusualImages_SaysWhatIsUnusual(long count, long foreign, double largestShare, string start) =>
        Assert.StartsWith(start, Warning(count, foreign, largestShare), StringComparison.Ordinal);
}
