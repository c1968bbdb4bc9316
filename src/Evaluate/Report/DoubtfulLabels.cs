using Toolchain.Data;

namespace Toolchain.Evaluate.Report;

/// <summary>
/// Test images whose label people doubted when they were asked: Northcutt, Athalye and Mueller 2021, "Pervasive Label Errors in Test Sets
/// Destabilize Machine Learning Benchmarks", whose published answers are of five people for each image that a classifier had found
/// suspicious. An image counts where fewer than three of the five agreed with its label: 15 of MNIST's.
/// </summary>
static class DoubtfulLabels
{
    const string MnistTest = "c3f9adf9c66efb572b1f9326c3a511b45910c7173b97be66ceceeeeaef6b802b";

    static readonly int[] mnist = [947, 1621, 1901, 2130, 2462, 2597, 2654, 3520, 3558, 5937, 6651, 6783, 8527, 9679, 9729];

    /// <summary>Their indices among <paramref name="test"/>, ascending; none of other images than MNIST's test images.</summary>
    public static IReadOnlyList<int> Of(ImageSet test) => test.Sha256 == MnistTest ? mnist : [];
}
