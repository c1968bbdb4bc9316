using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Toolchain.Data;
using Toolchain.Data.Seeds;
using Toolchain.Data.Strokes;
using Toolchain.Export.Tracing;
using Toolchain.Graph.Training;
using Toolchain.Train.Losses;
using Toolchain.Train.Models.MoCo;
using Toolchain.Tuning;
using Toolchain.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.EndToEnd;

/// <summary>
/// MoCo on ONNX Runtime beside libtorch, both in float64 and with no exchange of state: without the corners that float32's rounding makes
/// them part at, the losses stay one.
/// </summary>
public sealed class MoCoInFloat64Tests(ITestOutputHelper output)
{
    // Exact in float32, which the step takes.
    const double Rate = 1 / 32d;

    [Fact]
    public void MoCo_InFloat64_FollowsLibtorch() => Follows(StrokeDigits.Draw(300, 1), steps: 12, batch: 16);

    [Fact, Trait("Category", "Slow")]
    public void MoCo_InFloat64_FollowsLibtorchFor200FreeSteps() => Follows(StrokeDigits.Draw(2000, 1), steps: 200, batch: 128);

    void Follows(ImageSet data, int steps, int batch)
    {
        using var scope = NewDisposeScope();
        // A temperature whose inverse is exact in float32, as the attributes of operators are.
        var options = new MoCoOptions
        {
            BatchSize = batch,
            QueueLength = 4 * batch,
            Temperature = 0.125,
            Whitening = 0,
            Augmentation = MoCoOnRuntime.EasyViews,
        };
        manual_seed(0);
        using var model = new MoCoModel(options, data.Shape);
        TracedTraining traced = OnnxExport.TraceTraining(model.Query, zeros(data.Shape.Axes(4)));
        var contrast = new MomentumContrastOptions
        {
            Temperature = options.Temperature,
            KeyMomentum = options.KeyMomentum,
            QueueLength = options.QueueLength,
            BatchNegatives = options.BatchNegatives,
        };
        TrainingGraph training = TrainingGraph.Build(MomentumContrast.Build(Float64Graph.Of(traced.Model), "output", traced.Parameters,
            contrast), "loss", new Sgd(options.Momentum, options.WeightDecay), traced.Parameters,
            new TrainingOptions { Constants = MomentumContrast.Constants });
        using StepRunner session = StepRunner.Open(training, 1);
        model.to(float64);
        using torch.optim.Optimizer optimizer = optim.SGD(model.Query.parameters(), Rate, options.Momentum,
            weight_decay: options.WeightDecay);
        var augmentation = new Augmentation(options.Augmentation, data.Shape, 0);
        var views = new float[2 * batch * data.Shape.Size];
        var found = new List<(double Torch, double Runtime)>();
        for (int step = 0; step < steps; step++)
        {
            augmentation.Draw(data, new RandomStream(1, "batches", step).NextPermutation(data.Count)[..batch], new(step, 0, 2), views);
            found.Add((Learn(model, optimizer, options, views, step), Runtime(session, views, data.Shape.Axes(batch))));
        }
        double largest = found.Max(pair => Math.Abs(pair.Torch - pair.Runtime));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"loss {found[0].Torch:f4} to {found[^1].Torch:f4}, largest difference of {steps} steps {largest:e1}"));
        Assert.InRange(largest, 0, 1e-8);
        Assert.True(found[^1].Torch < found[0].Torch);
    }

    static double Learn(MoCoModel model, torch.optim.Optimizer optimizer, MoCoOptions options, float[] views, int step)
    {
        using var scope = NewDisposeScope();
        int half = views.Length / 2;
        long[] axes = [options.BatchSize, 1, 28, 28];
        model.FollowQuery(options.KeyMomentum);
        Tensor key = model.Keys(tensor(views.AsSpan(half).ToArray(), axes).to(float64));
        optimizer.zero_grad();
        Tensor query = model.Query.call(tensor(views.AsSpan(0, half).ToArray(), axes).to(float64));
        Tensor loss = InfoNceLoss.Compute(query, key, model.Queue, options.Temperature, options.BatchNegatives);
        loss.backward();
        optimizer.step();
        model.Enqueue(key, step);
        return loss.item<double>();
    }

    static double Runtime(StepRunner session, float[] views, long[] axes)
    {
        int half = views.Length / 2;
        using var first = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, views.AsMemory(0, half), axes);
        using var second = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, views.AsMemory(half), axes);
        return session.Step(new Dictionary<string, OrtValue>
        {
            [MomentumContrast.FirstView] = first,
            [MomentumContrast.SecondView] = second,
        }, Rate);
    }
}
