using System.Globalization;
using Toolchain.Data;
using Toolchain.Evaluate.Metrics;

namespace Toolchain.Evaluate.Protocols;

/// <summary>The images that an evaluation learns from and scores, so many that its cost grows with the test images alone.</summary>
/// <param name="Train">Training images, at most <see cref="MostLearnt"/>.</param>
/// <param name="Test">Test images.</param>
/// <param name="Remark">What was left out, in words; null for nothing.</param>
public sealed record EvaluationSets(ImageSet Train, ImageSet Test, string? Remark)
{
    /// <summary>The most training images that clusterers, neighbours and probe learn from.</summary>
    public const int MostLearnt = 100_000;

    /// <summary>Of more test images than <see cref="MostLearnt"/>, those that pixels are scored on.</summary>
    public const int PixelTests = 20_000;

    /// <summary>
    /// Takes training images evenly where there are more than <see cref="MostLearnt"/>. Where a source has no parts, the others are the
    /// test images then.
    /// </summary>
    /// <param name="train">Training images.</param>
    /// <param name="test">Test images; the training images where the source has no parts.</param>
    public static EvaluationSets Of(ImageSet train, ImageSet test)
    {
        if (train.Count <= MostLearnt)
        {
            return new(train, test, null);
        }
        var taken = new HashSet<int>(EvenSample.Of(train.Count, MostLearnt));
        bool isWhole = train.Sha256 == test.Sha256;
        return new(train.Where(taken.Contains), isWhole ? test.Where(index => !taken.Contains(index)) : test,
            string.Create(CultureInfo.InvariantCulture, $"clusters, neighbours and probe learn from {MostLearnt:n0} of {train.Count:n0} "
                + $"images, evenly taken{(isWhole ? "; the others are the test images" : "")}"));
    }

    /// <summary>The same for pixels, whose neighbours cost more: of very many test images some, evenly taken.</summary>
    public EvaluationSets ForPixels()
    {
        if (Test.Count <= MostLearnt)
        {
            return this;
        }
        var taken = new HashSet<int>(EvenSample.Of(Test.Count, PixelTests));
        string remark = string.Create(CultureInfo.InvariantCulture,
            $"scored on {PixelTests:n0} of {Test.Count:n0} test images, evenly taken");
        return new(Train, Test.Where(taken.Contains), Remark is null ? remark : $"{Remark}; {remark}");
    }
}
