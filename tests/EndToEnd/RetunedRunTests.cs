using Microsoft.ML.OnnxRuntime;
using Toolchain.Data.Strokes;
using Toolchain.Data.Tensors;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Graph.Training;
using Toolchain.Train.Runs;
using Toolchain.Tuning;

namespace Toolchain.EndToEnd;

/// <summary>A run of TorchSharp that is trained on ONNX Runtime for a while and goes back: the same bits of weights on each way.</summary>
public sealed class RetunedRunTests : CommandTest
{
    const string Prefix = "model.query.encoder.", Weight = "conv1.weight";

    static void Ok(params string[] command)
    {
        (int status, _, string error) = Uvl.Run(command);
        Assert.True(status == 0, error);
    }

    string Trained(string name, string steps, params string[] more)
    {
        Ok(["train", "moco", "--data", "strokes:80", "--quiet", "--threads", "1", "--set", "batchSize=16", "--set", "queueLength=16",
            "--set", $"stepCount={steps}", "--out", In(name), .. more]);
        return In(name);
    }

    static Dictionary<string, TensorEntry> Checkpoint(string run) => SafeTensors.Read(Path.Combine(run, "checkpoints",
        "last.safetensors")).Tensors.ToDictionary(pair => pair.Name, pair => pair.Tensor);

    static Dictionary<string, TensorData> Weights(string model) => OnnxFile.Load(model).Initializers.ToDictionary();

    [Fact]
    public void Checkpoint_IntoTrainingTunedAndBack_KeepsEveryBit()
    {
        string run = Trained("run", "3");
        Ok("export", Path.Combine(run, "model.onnx"), "--training", "--out", In("step"));
        var start = SafeTensors.Read(In(Path.Combine("step", "start.safetensors"))).Tensors.ToDictionary(pair => pair.Name, pair =>
            pair.Tensor);
        Dictionary<string, TensorEntry> before = Checkpoint(run);
        string[] shared = [.. start.Keys.Where(name => before.ContainsKey(Prefix + name))];
        Assert.Contains(Weight, shared);
        Assert.All(shared, name => Assert.Equal(before[Prefix + name].Data.ToArray(), start[name].Data.ToArray()));

        Ok("tune", run, "--data", "strokes:80", "--steps", "3", "--out", In("tuned.onnx"));
        Ok("export", run, "--weights", In("tuned.onnx"), "--out", In("back"));
        Ok("export", In("back"));

        Dictionary<string, TensorEntry> after = Checkpoint(In("back"));
        Dictionary<string, TensorData> tuned = Weights(In("tuned.onnx")), exported = Weights(In(Path.Combine("back", "model.onnx")));
        Assert.NotEqual(before[Prefix + Weight].Data.ToArray(), after[Prefix + Weight].Data.ToArray());
        Assert.All(tuned.Where(pair => after.ContainsKey(Prefix + pair.Key)), pair =>
        {
            Assert.Equal(pair.Value.Bytes.ToArray(), after[Prefix + pair.Key].Data.ToArray());
            Assert.Equal(pair.Value.Bytes.ToArray(), exported[pair.Key].Bytes.ToArray());
        });
        Assert.All(before.Where(pair => !tuned.ContainsKey(pair.Key.Replace(Prefix, "", StringComparison.Ordinal))), pair =>
            Assert.Equal(pair.Value.Data.ToArray(), after[pair.Key].Data.ToArray()));
    }

    [Fact]
    public void State_ToAnotherRuntimeAndBack_KeepsEveryBit()
    {
        string run = Trained("run", "40", "--time", "0.01s");
        Ok("export", run, "--training", "--out", In("step"));
        Ok("export", run, "--weights", In(Path.Combine("step", "start.safetensors")), "--out", In("back"));
        Ok("train", "--resume", run, "--quiet");
        Ok("train", "--resume", In("back"), "--quiet");

        Dictionary<string, TensorData> expected = Weights(Path.Combine(run, "model.onnx")),
            found = Weights(In(Path.Combine("back", "model.onnx")));
        Assert.All(expected, pair => Assert.Equal(pair.Value.Digest(), found[pair.Key].Digest()));
        Assert.Contains("encoder.conv1.weight.momentum", SafeTensors.Read(In(Path.Combine("step", "start.safetensors"))).Tensors
            .Select(pair => pair.Name));
        Assert.Contains("1 + math.cos(math.pi * made / 40)", File.ReadAllText(In(Path.Combine("step", "README.md"))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TrainedOnAnotherRuntimeToItsEnd_IsAsTrainedHere()
    {
        string run = Trained("run", "6", "--time", "0.01s");
        RunFolder folder = RunFolder.Open(run);
        var config = RunConfig.Read(folder);
        var request = new TrainingRequest { Data = StrokeDigits.Draw(80, 0), DataSpec = config.DataSpec, Options = config.Options };
        TracedStep step = config.Method.TraceStep(folder, request)!;
        Assert.InRange(step.Steps, 1, 5);
        using (StepRunner session = StepRunner.Open(step.Training, 1))
        {
            using var views = OrtValue.CreateTensorValueFromMemory(new float[16 * 784], [16, 1, 28, 28]);
            for (int made = step.Steps; made < 6; made++)
            {
                _ = session.Step(new Dictionary<string, OrtValue>
                {
                    [MomentumContrast.FirstView] = views,
                    [MomentumContrast.SecondView] = views,
                }, 0);
            }
            SafeTensors.Write(In("state.safetensors"), [.. session.State.Select(pair => (pair.Key, new TensorEntry(
                Enum.Parse<TensorKind>(pair.Value.Type.ToString()), [.. pair.Value.Sizes], pair.Value.Bytes)))]);
        }
        Ok("export", run, "--weights", In("state.safetensors"), "--out", In("back"));
        Ok("train", "--resume", In("back"), "--quiet");

        SafeTensorsContent checkpoint = SafeTensors.Read(Path.Combine(In("back"), "checkpoints", "last.safetensors"));
        Assert.Equal("6", checkpoint.Metadata["step"]);
        // At rate 0 the weights stay; the last step's whitening is made.
        Assert.Equal(Checkpoint(run)[Prefix + Weight].Data.ToArray(), Checkpoint(In("back"))[Prefix + Weight].Data.ToArray());
        Assert.NotEqual(Checkpoint(run)[Prefix + "whitening.matrix"].Data.ToArray(),
            Checkpoint(In("back"))[Prefix + "whitening.matrix"].Data.ToArray());
    }

    [Fact]
    public void Training_OfAnUnfinishedRun_GoesOnWithTheWeights()
    {
        string run = Trained("run", "40", "--time", "0.01s");
        var state = SafeTensors.Read(Path.Combine(run, "checkpoints", "last.safetensors")).Tensors
            .Where(pair => pair.Name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(pair => (pair.Name[Prefix.Length..], pair.Tensor)).ToArray();
        SafeTensors.Write(In("same.safetensors"), state);
        Ok("export", run, "--weights", In("same.safetensors"), "--out", In("back"));
        Ok("train", "--resume", run, "--quiet");
        Ok("train", "--resume", In("back"), "--quiet");
        Assert.Equal(Weights(Path.Combine(run, "model.onnx"))[Weight].Digest(),
            Weights(In(Path.Combine("back", "model.onnx")))[Weight].Digest());
    }

    [Fact]
    public void Training_OfARunThatNoGraphMakes_IsRefused()
    {
        Ok("train", "autoencoder", "--data", "strokes:40", "--quiet", "--threads", "1", "--set", "stepCount=2", "--set", "batchSize=8",
            "--out", In("run"));
        (int status, _, string error) = Run("export", In("run"), "--training", "--out", In("step"));
        Assert.Equal(2, status);
        Assert.Contains("expected a run of moco, or a model to tune, found a run of autoencoder, whose own step no graph makes; name ",
            error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("step")));
        (status, _, error) = Run("export", In("run"), "--training", "--half", "--out", In("step"));
        Assert.Equal(2, status);
        Assert.Contains("--training excludes --half, --quantize and --weights", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_OfAnotherModel_AreRefusedAndNothingIsLeft()
    {
        string run = Trained("run", "2");
        SafeTensors.Write(In("other.safetensors"), [("layer.weight", TensorEntry.Of<float>([1f, 2], 2))]);
        SafeTensors.Write(In("small.safetensors"), [(Weight, TensorEntry.Of<float>([1f, 2], 2))]);

        (int status, _, string error) = Run("export", run, "--weights", In("other.safetensors"), "--out", In("back"));
        Assert.Contains("expected weights named as the encoder's, such as 'conv1.weight', found none", error, StringComparison.Ordinal);
        Assert.NotEqual(0, status);
        SafeTensors.Write(In("state.safetensors"), [("encoder.fc.bias", TensorEntry.Of<float>([1f, 2], 2)),
            ("step", TensorEntry.Of<long>([3]))]);
        (status, _, error) = Run("export", run, "--weights", In("state.safetensors"), "--out", In("back"));
        Assert.Contains("expected 'encoder.conv1.weight' as Float32[32,1,5,5] in the state, found none", error,
            StringComparison.Ordinal);
        Assert.NotEqual(0, status);
        (status, _, error) = Run("export", run, "--weights", In("small.safetensors"), "--out", In("back"));
        Assert.Contains("expected 'conv1.weight' as Float32[32,1,5,5], found Float32[2]", error, StringComparison.Ordinal);
        Assert.NotEqual(0, status);
        Assert.False(Directory.Exists(In("back")));
        Assert.Contains("--weights: expected --out FOLDER", Run("export", run, "--weights", In("small.safetensors")).Error,
            StringComparison.Ordinal);
    }
}
