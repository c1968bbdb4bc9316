using Toolchain.Data;
using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Tests;

public sealed class EvaluationSetsTests
{
    [Fact]
    public void Of_FewImages_TakesAll()
    {
        ImageSet train = Images(200, 1), test = Images(300, 2);
        EvaluationSets sets = EvaluationSets.Of(train, test);
        Assert.Same(train, sets.Train);
        Assert.Same(test, sets.Test);
        Assert.Null(sets.Remark);
        Assert.Same(sets, sets.ForPixels());
    }

    [Fact]
    public void Of_ManyImagesWithoutParts_LearnsFromSomeAndScoresTheOthers()
    {
        ImageSet all = Images(230_000, 1);
        EvaluationSets sets = EvaluationSets.Of(all, all);
        Assert.Equal((100_000, 130_000), (sets.Train.Count, sets.Test.Count));
        // The number of an image is its first pixels.
        Assert.Equal(230_000, Numbers(sets.Train).Concat(Numbers(sets.Test)).Distinct().Count());
        Assert.Equal("clusters, neighbours and probe learn from 100,000 of 230,000 images, evenly taken; the others are the test images",
            sets.Remark);
        EvaluationSets pixels = sets.ForPixels();
        Assert.Equal((100_000, 20_000), (pixels.Train.Count, pixels.Test.Count));
        Assert.Equal($"{sets.Remark}; scored on 20,000 of 130,000 test images, evenly taken", pixels.Remark);
    }

    [Fact]
    public void Of_ManyTrainingImages_KeepsTheTestImages()
    {
        ImageSet test = Images(50, 2);
        EvaluationSets sets = EvaluationSets.Of(Images(100_001, 1), test);
        Assert.Same(test, sets.Test);
        Assert.Equal("clusters, neighbours and probe learn from 100,000 of 100,001 images, evenly taken", sets.Remark);
    }

    static ImageSet Images(int count, byte mark)
    {
        byte[] pixels = new byte[count * 64];
        for (int i = 0; i < count; i++)
        {
            BitConverter.TryWriteBytes(pixels.AsSpan(i * 64), i);
            pixels[i * 64 + 63] = mark;
        }
        return new ImageSet("numbered", Split.All, pixels, new() { Preprocess = new(new ImageShape(1, 8, 8)) });
    }

    static IEnumerable<int> Numbers(ImageSet images) =>
        Enumerable.Range(0, images.Count).Select(i => BitConverter.ToInt32(images.Image(i)));
}
