using System.Globalization;
using Toolchain.Clustering.Fitting;
using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Graph;
using Toolchain.Graph.Evaluation;
using Toolchain.Train.Core;
using Toolchain.Train.Models.KMeans;

namespace Toolchain.Train.Tests.Models;

public sealed class KMeansSystemTests
{
    static readonly ImageSet digits = StrokeDigits.Draw(120, 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fit_Cosine_GivesFaintImagesTheSameProbabilities(bool deslant)
    {
        FittedModel fitted = Fit(new() { Cosine = true, Deslant = deslant, ClusterCount = 6 });
        OnnxModel model = fitted.Graph.Build();
        float[] pixels = digits.ToFloats(0, 50);
        TensorData[] bold = Run(model, pixels), faint = Run(model, Array.ConvertAll(pixels, pixel => pixel / 1000));
        Assert.Equal(fitted.Labels[..50], bold[1].ToInt64s().Select(label => (int)label));
        double[] expected = bold[0].ToDoubles(), found = faint[0].ToDoubles();
        Assert.All(Enumerable.Range(0, expected.Length), i => Assert.Equal(expected[i], found[i], 1e-5));
    }

    [Fact]
    public void Fit_MiniBatches_AreAsManyAsIterations()
    {
        FittedModel few = Fit(new() { BatchSize = 16, MaxIterations = 2 }), many = Fit(new() { BatchSize = 16, MaxIterations = 200 });
        Assert.EndsWith(" after 2 mini-batches", few.Summary, StringComparison.Ordinal);
        Assert.True(Inertia(many) < Inertia(few), $"{few.Summary}; {many.Summary}");

        static double Inertia(FittedModel fitted) => double.Parse(fitted.Summary.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Fit_FewerDifferentImagesThanClusters_SaysHowManyAreEmpty()
    {
        ImageSet three = new("three", Split.All, [.. Enumerable.Repeat(digits.Take(3).Pixels, 20).SelectMany(pixels => pixels)]);
        FittedModel fitted = KMeansSystem.Fit(new() { ClusterCount = 5 }, new FitJob(three, new ClustererFactory(1, 1)));
        Assert.EndsWith(", 2 of 5 clusters are empty: lower clusterCount", fitted.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_FewerImagesThanClusters_NamesTheOption() => Assert.Equal(
        "'clusterCount' must be at most the number of images, 120, was 121; give more images or --set clusterCount=120.",
        Assert.Throws<ArgumentException>(() => Fit(new() { ClusterCount = 121 })).Message);

    static FittedModel Fit(KMeansSystemOptions options) => KMeansSystem.Fit(options, new FitJob(digits, new ClustererFactory(1, 1)));

    static TensorData[] Run(OnnxModel model, float[] pixels)
    {
        TensorData input = TensorData.Of(pixels, pixels.Length / ImageShape.Mnist.Size, 1, 28, 28);
        IReadOnlyDictionary<string, TensorData> outputs = Evaluator.Run(model, new Dictionary<string, TensorData> { ["image"] = input });
        return [outputs["probability"], outputs["cluster"]];
    }
}
