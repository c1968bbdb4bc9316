using Toolchain.Data;

namespace Toolchain.Evaluate.Protocols;

/// <summary>What labels of training and test images say about each other that makes figures mean little.</summary>
public static class ClassCoverage
{
    // Names that a line has room for.
    const int MostNames = 5;

    /// <summary>A line for each thing to know; none where every test class has training images and there are two or more.</summary>
    /// <param name="train">Labelled training images, which name clusters and teach classifiers.</param>
    /// <param name="test">Labelled test images, which are scored.</param>
    /// <param name="classes">What the labels of both count.</param>
    public static IReadOnlyList<string> Remarks(ImageSet train, ImageSet test, ImageClasses classes)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(classes);
        int[] scored = [.. test.Labels!.Distinct().Order()], unknown = [.. scored.Except(train.Labels!)];
        string names = string.Join(", ", unknown.Take(MostNames).Select(classes.NameOf)) + (unknown.Length > MostNames ? ", ..." : "");
        return
        [
            .. unknown.Length > 0 ? [$"{unknown.Length} of {scored.Length} test classes have no training image ({names}): none of their "
                + "images can be right"] : Array.Empty<string>(),
            .. scored.Length == 1 ? [$"all test images are of one class ({classes.NameOf(scored[0])}): any answer is right"]
                : Array.Empty<string>(),
        ];
    }
}
