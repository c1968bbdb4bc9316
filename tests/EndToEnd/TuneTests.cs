using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Data.Tensors;
using Toolchain.Evaluate.Probe;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Inference;
using Toolchain.Tuning;

namespace Toolchain.EndToEnd;

/// <summary><c>uvl tune</c>, and what it calls.</summary>
public sealed class TuneTests : CommandTest
{
    static readonly string moco = Path.Combine(Checkout.Root, "models", "moco");

    [Fact]
    public void Tune_WithLabels_WritesModelThatNamesClasses()
    {
        (int status, string text, _) = Run("tune", moco, "--data", "strokes:300", "--labels", "3", "--steps", "8", "--out",
            In("named.onnx"));

        Assert.Equal(0, status);
        Assert.Matches(@"tuned with 30 labels: accuracy [0-9.]+ % on [0-9]+ (test|held-out) images", text);
        using EncoderSession named = EncoderSession.Open(In("named.onnx"), new EncoderOptions());
        Assert.Equal("[0,1,2,3,4,5,6,7,8,9]", named.Metadata[ModelKeys.ClusterDigits]);
        Assert.Equal("strokes", named.Metadata[ModelKeys.Tuned]);
        Assert.Equal(0, Run("cluster", In("named.onnx"), "--data", "strokes:40", "--out", In("clusters.csv")).Status);
        Assert.False(File.Exists(In("named.onnx.state")));
    }

    [Fact]
    public void Tune_HeadAlone_LeavesTheEncoder()
    {
        (int status, string text, _) = Run("tune", moco, "--data", "strokes:300", "--labels", "3", "--head", "--steps", "8", "--out",
            In("named.onnx"));

        Assert.Equal(0, status);
        Assert.Matches(@"classifier with 30 labels: accuracy [0-9.]+ % on [0-9]+ (test|held-out) images", text);
        var before = OnnxFile.Load(Path.Combine(moco, "onnx", "model.onnx")).Initializers.ToDictionary();
        var after = OnnxFile.Load(In("named.onnx")).Initializers.ToDictionary();
        Assert.All(before, pair => Assert.Equal(pair.Value.Digest(), after[pair.Key].Digest()));
        using EncoderSession old = EncoderSession.Open(Path.Combine(moco, "onnx", "model.onnx"), new EncoderOptions());
        using EncoderSession named = EncoderSession.Open(In("named.onnx"), new EncoderOptions());
        Assert.Equal(old.Metadata[ModelKeys.Novelty], named.Metadata[ModelKeys.Novelty]);
        ImageSet data = StrokeDigits.Draw(40, 5);
        Assert.Equal(old.Run(data).Values.ToArray(), named.Run(data).Values.ToArray());
        Assert.Equal(10, named.ClusterCount);
    }

    [Fact]
    public void Tune_HeadWithoutLabels_IsRefused()
    {
        (int status, _, string error) = Run("tune", moco, "--data", "strokes:20", "--head", "--out", In("tuned.onnx"));

        Assert.Equal(2, status);
        Assert.Contains("--head: expected --labels too, since a classifier learns from labels; add --labels 10, or leave out --head.",
            error, StringComparison.Ordinal);
    }

    [Fact]
    public void LabelTuning_OfTheHead_Resumed_GivesTheSameClassifier()
    {
        OnnxModel encoder = OnnxFile.Load(Path.Combine(moco, "onnx", "model.onnx"));
        ImageSet data = StrokeDigits.Draw(64, 2);
        using EncoderSession session = EncoderSession.Open(Path.Combine(moco, "onnx", "model.onnx"), new EncoderOptions());
        Rows rows = new(session.Run(data).Values, session.Dimension);
        var options = new TuneOptions { Steps = 6, Rate = 2e-3, BatchSize = 16, Threads = 1, HeadOnly = true };
        using var stop = new CancellationTokenSource();

        LinearClassifier whole = LabelTuning.Run(encoder, data, rows, 10, options).Classifier;
        TuneOptions kept = options with { StateFile = In("state") };
        Assert.Throws<OperationCanceledException>(() => LabelTuning.Run(encoder, data, rows, 10,
            kept with { Progress = (step, _) => { if (step == 3) { stop.Cancel(); } } }, stop.Token));
        LinearClassifier resumed = LabelTuning.Run(encoder, data, rows, 10, kept).Classifier;

        Assert.Equal(whole.Weight, resumed.Weight);
        Assert.Equal(whole.Bias, resumed.Bias);
        Assert.NotEqual(LinearProbe.Fit(rows, data.Labels, 10).Weight, whole.Weight);
        Assert.Throws<InvalidDataException>(() => LabelTuning.Run(encoder, data, rows, 10, kept with { HeadOnly = false }));
    }

    [Fact]
    public void Tune_WithoutLabels_KeepsTheContract()
    {
        (int status, string text, _) = Run("tune", moco, "--data", "strokes:200", "--steps", "4", "--out", In("tuned.onnx"));

        Assert.Equal(0, status);
        Assert.Contains($"tuned model in {In("tuned.onnx")}", text, StringComparison.Ordinal);
        OnnxModel before = OnnxFile.Load(Path.Combine(moco, "onnx", "model.onnx")), after = OnnxFile.Load(In("tuned.onnx"));
        Assert.Equal(["embedding"], after.Outputs.Select(output => output.Name));
        Assert.NotEqual(before.Initializers.Single(pair => pair.Key == "conv1.weight").Value.Digest(),
            after.Initializers.Single(pair => pair.Key == "conv1.weight").Value.Digest());
        Assert.Equal(0, Run("embed", In("tuned.onnx"), "--data", "strokes:40", "--out", In("rows.npy")).Status);
    }

    [Fact]
    public void Tune_OfImagesWithoutLabels_IsRefused()
    {
        ImageSet drawn = StrokeDigits.Draw(20, 1);
        var plain = new ImageSet("plain", Split.All, drawn.Pixels);
        File.WriteAllBytes(In("plain.npy"), Npy(plain));

        (int status, _, string error) = Run("tune", moco, "--data", In("plain.npy"), "--labels", "3", "--out", In("named.onnx"));

        Assert.Equal(3, status);
        Assert.Contains("expected labelled images for --labels, found none with labels; leave out --labels.", error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--steps", "0")]
    [InlineData("--labels", "-1")]
    [InlineData("--rate", "0")]
    public void Tune_OptionNotAboveZero_IsRefused(string option, string value)
    {
        (int status, _, string error) = Run("tune", moco, "--data", "strokes:20", option, value, "--out", In("tuned.onnx"));

        Assert.Equal(2, status);
        Assert.Contains($"{option} '{value}': expected a number above 0.", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Tune_ResumedWithoutState_IsRefused()
    {
        (int status, _, string error) = Run("tune", moco, "--data", "strokes:20", "--resume", "--out", In("tuned.onnx"));

        Assert.Equal(3, status);
        Assert.Contains($"'{In("tuned.onnx.state")}': expected the state of an interrupted tuning, found no file; leave out --resume.",
            error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ContrastTuning_Resumed_GivesTheSameBytes()
    {
        OnnxModel encoder = OnnxFile.Load(Path.Combine(moco, "onnx", "model.onnx"));
        ImageSet data = StrokeDigits.Draw(64, 2);
        var options = new TuneOptions { Steps = 6, Rate = 0.03, BatchSize = 16, Threads = 1 };
        using var stop = new CancellationTokenSource();

        OnnxModel whole = ContrastTuning.Run(encoder, data, options);
        TuneOptions kept = options with { StateFile = In("state") };
        Assert.Throws<OperationCanceledException>(() => ContrastTuning.Run(encoder, data,
            kept with { Progress = (step, _) => { if (step == 3) { stop.Cancel(); } } }, stop.Token));
        Assert.True(File.Exists(In("state")));
        OnnxModel resumed = ContrastTuning.Run(encoder, data, kept);

        Assert.Equal(whole.ToBytes(), resumed.ToBytes());
        var error = Assert.Throws<InvalidDataException>(() => ContrastTuning.Run(encoder, data, kept with { Rate = 0.01 }));
        Assert.Contains("expected the state of this tuning, found that of one with other images or options", error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("momentum contrast", "view_1 view_2 learning_rate")]
    [InlineData("cross-entropy", "image target learning_rate", "--classes", "10")]
    public void Export_OfTraining_WritesStepStartAndReadme(string loss, string inputs, params string[] options)
    {
        Assert.Equal(0, Run(["export", moco, "--training", "--out", In("step"), .. options]).Status);

        OnnxModel step = OnnxFile.Load(In("step/training.onnx"));
        string[] state = [.. SafeTensors.Read(In("step/start.safetensors")).Tensors.Select(pair => pair.Name)];
        Assert.Equal(inputs.Split(' ').Order(), step.Inputs.Select(input => input.Name).Except(state).Order());
        Assert.Empty(state.Except(step.Inputs.Select(input => input.Name)));
        Assert.Empty(state.Select(name => $"next.{name}").Except(step.Outputs.Select(output => output.Name)));
        Assert.Contains(loss, File.ReadAllText(In("step/README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Export_OfTrainingWithoutFolder_IsRefused()
    {
        (int status, _, string error) = Run("export", moco, "--training");

        Assert.Equal(2, status);
        Assert.Contains("--training: expected a run or model and --out FOLDER", error, StringComparison.Ordinal);
    }

    [Fact]
    public void LabelledPick_TakesSoManyOfEachClass()
    {
        ImageSet data = StrokeDigits.Draw(400, 3), picked = LabelledPick.Of(data, 4, seed: 1);

        Assert.All(picked.Labels!.GroupBy(label => label), group => Assert.Equal(4, group.Count()));
        Assert.Equal(40, picked.Count);
        Assert.NotEqual(picked.Sha256, LabelledPick.Of(data, 4, seed: 2).Sha256);
    }

    static byte[] Npy(ImageSet data)
    {
        string header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({data.Count}, 28, 28), }}";
        header = header.PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. System.Text.Encoding.ASCII.GetBytes(header),
            .. data.Pixels];
    }
}
