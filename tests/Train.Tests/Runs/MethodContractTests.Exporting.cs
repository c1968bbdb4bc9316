using System.Security.Cryptography;
using System.Text.Json;
using Toolchain.Graph;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Train.Core;
using Toolchain.Train.Runs;
using TorchSharp;

namespace Toolchain.Train.Tests.Runs;

public sealed partial class MethodContractTests
{
    [Theory]
    [MemberData(nameof(GradientMethods))]
    public void Export_OfAFinishedRun_GivesTheSameModel(string name)
    {
        RunBytes straight = Trained(name, "a");
        Method method = MethodRegistry.Find(name);
        TrainedModel exported = method.Export(RunFolder.Open(folder["a"]), Request(method, 1, []), 17);
        Assert.Equal(straight.Model, exported.Model.ToBytes());
        if (exported.Decoder is TrainedDecoder decoder)
        {
            Assert.Equal(File.ReadAllBytes(folder[$"a/{decoder.Name}.onnx"]), decoder.Model.ToBytes());
        }
    }

    [Theory]
    [InlineData("kmeans")]
    [InlineData("gmm")]
    public void Export_OfAFit_ProvesTheModelOfTheRun(string name)
    {
        byte[] model = Trained(name, "a").Model;
        RunFolder run = RunFolder.Open(folder["a"]);
        Method method = MethodRegistry.Find(name);
        TrainingRequest request = Request(method, 1, []);
        TrainedModel exported = method.Export(run, request, 17);
        Assert.Equal(model, exported.Model.ToBytes());
        Assert.Equal("clusters equal on 70 images in float64 evaluator", exported.Parity);
        Assert.Equal($"--opset '13': expected 17, with which {name} builds its graph; leave it out.",
            Assert.Throws<ArgumentException>(() => method.Export(run, request, 13)).Message);
        Trained("moco", "other");
        File.Copy(folder["other/model.onnx"], run.Model, overwrite: true);
        Assert.Equal($"'{run.Model}': expected a model of {name}, found one of moco; train the run again.",
            Assert.Throws<InvalidDataException>(() => method.Export(run, request, 17)).Message);
    }

    /// <summary>What is computed for an export, such as an example for the decoder, leaves the encoder as it was trained.</summary>
    [Theory]
    [MemberData(nameof(GradientMethods))]
    public void Train_Model_IsTheEncoderOfItsCheckpoint(string name)
    {
        Trained(name, "a");
        var job = new GradientJob(digits, 1, torch.CPU, 1);
        using TrainedEncoder encoder = TrainedEncoder.Open(folder["a"], job);
        using torch.Tensor images = job.Images([0, 1, 2]), expected = encoder.Embed(images);
        double[] exported = Evaluator.Run(OnnxFile.Load(folder["a/model.onnx"]),
            new Dictionary<string, TensorData> { ["image"] = TensorData.Of(images.data<float>().ToArray(), 3, 1, 28, 28) })["embedding"]
            .ToDoubles();
        Assert.All(exported.Zip(expected.data<float>().ToArray()), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
    }

    /// <summary>
    /// A generator stands beside its encoder: it says where it comes from, its digest is in the manifest, and it gives finite images of any
    /// number of latents.
    /// </summary>
    [Fact]
    public void Train_MethodWithADecoder_WritesBothModels()
    {
        Trained("infogan", "a");
        OnnxModel model = OnnxFile.Load(folder["a/generator.onnx"]);
        GraphChecker.Check(model);
        Assert.Equal(["z [N,62]", "code [N,4]", "continuous [N,2]"], model.Inputs.Select(input => $"{input.Name} {input.Shape}"));
        Assert.Equal("image [N,1,28,28]", $"{Assert.Single(model.Outputs).Name} {model.Outputs[0].Shape}");
        Assert.Equal(("infogan", "1", "generator"),
            (model.Metadata["uvl.method"], model.Metadata["uvl.seed"], model.Metadata["uvl.decoder"]));
        Assert.False(OnnxFile.Load(folder["a/model.onnx"]).Metadata.ContainsKey("uvl.decoder"));
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllText(folder["a/manifest.json"]));
        byte[] bytes = File.ReadAllBytes(folder["a/generator.onnx"]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), manifest.RootElement.GetProperty("generator_sha256").GetString());
        Assert.Equal(bytes.Length, manifest.RootElement.GetProperty("generator_bytes").GetInt32());
        foreach (int count in new[] { 1, 3 })
        {
            var inputs = new Dictionary<string, TensorData>
            {
                ["z"] = TensorData.Of(new float[count * 62], count, 62),
                ["code"] = TensorData.Of(new float[count * 4], count, 4),
                ["continuous"] = TensorData.Of(new float[count * 2], count, 2)
            };
            Assert.All(Evaluator.Run(model, inputs)["image"].ToDoubles(), value => Assert.InRange(value, 0, 1));
        }
    }

    [Fact]
    public void ManifestOf_AnExport_HasItsDigestsAndTheRunsFacts()
    {
        Trained("infogan", "a");
        Method method = MethodRegistry.Find("infogan");
        RunFolder run = RunFolder.Open(folder["a"]);
        TrainedModel half = method.Export(run, Request(method, 1, []) with { Half = true }, 17);
        string text = TrainingRun.ManifestOf(run, half);
        using JsonDocument before = JsonDocument.Parse(File.ReadAllText(run.Manifest)), after = JsonDocument.Parse(text);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(half.Model.ToBytes())), after.RootElement.GetProperty("model_sha256")
            .GetString());
        Assert.InRange(after.RootElement.GetProperty("model_bytes").GetInt32(), 1,
            before.RootElement.GetProperty("model_bytes").GetInt32() - 1);
        Assert.Equal(before.RootElement.GetProperty("train_seconds").GetDouble(), after.RootElement.GetProperty("train_seconds")
            .GetDouble());
    }
}
