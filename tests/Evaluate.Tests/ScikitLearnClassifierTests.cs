using System.Runtime.InteropServices;
using System.Text.Json;
using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Tensors;
using Toolchain.Evaluate.Metrics;
using Toolchain.Evaluate.Probe;
using Toolchain.Inference;

namespace Toolchain.Evaluate.Tests;

/// <summary>Neighbours and linear probe against scikit-learn, on embeddings of the shipped encoder.</summary>
[Trait("Category", "Slow")]
public sealed class ScikitLearnClassifierTests : IDisposable
{
    const int trainCount = 10_000, testCount = 5_000;

    // Percentage points, and how much more: the optimisers differ. Logistic regression goes to the least loss under its default penalty,
    // the probe makes 1,200 steps without one; without a penalty the least loss on so few rows is 0, and the accuracy falls.
    const double accuracyPoints = 0.3, lossFactor = 1.5;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void NeighboursAndProbe_OnEmbeddingsOfMnist_EqualScikitLearn()
    {
        (Rows train, int[] digits) = Embed(Split.Train, trainCount);
        (Rows test, int[] truth) = Embed(Split.Test, testCount);
        Save("train", train);
        Save("digits", Column(digits));
        Save("test", test);
        Save("truth", Column(truth));
        LinearClassifier probe = LinearProbe.Fit(train, digits, 10);
        double[][] weight =
            [.. Enumerable.Range(0, 10).Select(k => (double[])[.. Enumerable.Range(0, train.Width).Select(i => probe.Weight[k, i])])];
        JsonElement[] theirs =
            ScikitLearn.Run("sklearn_classifiers.py", [JsonSerializer.Serialize(new { folder = folder.Root, weight, bias = probe.Bias })]);

        int[][] ours = NearestNeighbours.Assign(new(train, digits), new(test, truth), [20, 200]);
        double[] accuracies = NearestNeighbours.Accuracy(new(train, digits), new(test, truth), [20, 200]);
        for (int choice = 0; choice < 2; choice++)
        {
            int[] named = [.. theirs[choice].GetProperty("digits").EnumerateArray().Select(digit => digit.GetInt32())];
            bool[] close = [.. theirs[choice].GetProperty("close").EnumerateArray().Select(digit => digit.GetBoolean())];
            int[] other = [.. Enumerable.Range(0, testCount).Where(i => ours[choice][i] != named[i])];
            Assert.All(other, i => Assert.True(close[i], $"image {i}: {ours[choice][i]}, scikit-learn {named[i]}, and no tie"));
            TestContext.Current.SendDiagnosticMessage($"{(choice == 0 ? 20 : 200)} neighbours: {close.Count(tie => tie)} ties of "
                + $"{testCount}, {other.Length} of them named otherwise: {string.Join(", ", other)}");
            int gained = other.Sum(i => (ours[choice][i] == truth[i] ? 1 : 0) - (named[i] == truth[i] ? 1 : 0));
            Assert.Equal(theirs[choice].GetProperty("accuracy").GetDouble() + (double)gained / testCount, accuracies[choice], 1e-12);
        }

        double accuracy = LinearProbe.Accuracy(new(train, digits), new(test, truth), 10),
            regression = theirs[2].GetProperty("accuracy").GetDouble();
        (double loss, double least) = (theirs[2].GetProperty("probe_loss").GetDouble(), theirs[2].GetProperty("loss").GetDouble());
        TestContext.Current.SendDiagnosticMessage(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"linear probe "
            + $"{accuracy:p2}, logistic regression "
            + $"{regression:p2}; losses {loss:g4} and {least:g4}"));
        Assert.InRange(accuracy, regression - accuracyPoints / 100, regression + accuracyPoints / 100);
        Assert.InRange(loss, 0, lossFactor * least);
    }

    static (Rows, int[]) Embed(Split split, int count)
    {
        using EncoderSession session = EncoderSession.Open(Checkout.Model("moco"));
        ImageSet part = Mnist(split).Take(count);
        return (new Rows(session.Run(part).Values, session.Dimension), [.. part.Labels!.Select(label => (int)label)]);
    }

    static ImageSet Mnist(Split split)
    {
        try
        {
            return ImageSource.Open("mnist", split, new ImageSourceOptions { Offline = true });
        }
        catch (DatasetUnavailableException)
        {
            Assert.Skip("MNIST is not in $UVL_DATA_DIR/mnist");
            throw;
        }
    }

    void Save(string name, Rows rows) =>
        NpyFile.Write(folder[$"{name}.npy"],
        new TensorEntry(TensorKind.Float32, [rows.Count, rows.Width], MemoryMarshal.AsBytes(rows.Values.Span).ToArray()));

    static Rows Column(int[] values) => new(Array.ConvertAll(values, value => (float)value), 1);
}
