using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Files;
using Toolchain.Graph.Training;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests.Gradients;

public sealed class TrainingGraphTests
{
    const int Rows = 8, Steps = 20;
    const double LearningRate = 0.05;

    public static TheoryData<string> Optimizers => ["sgd", "momentum", "adam", "adamw", "clipped"];

    static (Optimizer Ours, Func<nn.Module, optim.Optimizer> Theirs) Both(string name) => name switch
    {
        "sgd" => (new Sgd(), net => optim.SGD(net.parameters(), LearningRate)),
        "momentum" or "clipped" => (new Sgd(0.9, 1e-2), net => optim.SGD(net.parameters(), LearningRate, 0.9, weight_decay: 1e-2)),
        "adam" => (new AdamW(0), net => optim.Adam(net.parameters(), LearningRate)),
        _ => (new AdamW(0.1), net => optim.AdamW(net.parameters(), LearningRate, weight_decay: 0.1)),
    };

    [Theory, MemberData(nameof(Optimizers))]
    public void Steps_OnTheRuntime_FollowTorchSharp(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        nn.Module<Tensor, Tensor> net = Net();
        (Tensor x, Tensor target) = (randn(Steps, Rows, 6), randint(3, [Steps, Rows], int64));
        (Optimizer ours, Func<nn.Module, optim.Optimizer> theirs) = Both(name);
        double? clip = name == "clipped" ? 0.2 : null;
        TrainingGraph training = Training(net, ours, clip);

        (double[] found, Dictionary<string, TensorData> state) = Run(training, x, target);
        double[] expected = Train(net, theirs(net), x, target, clip);

        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.All(net.named_parameters(), pair =>
            Assert.All(pair.parameter.data<float>().Zip(state[pair.name].ToDoubles()), both =>
                Assert.Equal(both.First, both.Second, 1e-5)));
    }

    [Fact]
    public void Pass_IsItsSteps()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        TrainingGraph training = Training(Net(), new AdamW(), null);
        (Tensor x, Tensor target) = (randn(Steps, Rows, 6), randint(3, [Steps, Rows], int64));
        Dictionary<string, TensorData> inputs = new(training.Start)
        {
            ["x"] = Data(x.reshape(-1, 6)),
            ["target"] = Data(target.reshape(-1)),
            ["order"] = Data(arange(Steps * Rows).reshape(Steps, Rows)),
            [TrainingGraph.Rate] = TensorData.Of([.. Enumerable.Repeat((float)LearningRate, Steps)], Steps),
        };

        IReadOnlyDictionary<string, TensorData> outputs = OrtRuntime.Create().Run(training.Pass().ToBytes(), inputs);
        (double[] losses, Dictionary<string, TensorData> state) = Run(training, x, target);

        Assert.All(losses.Zip(outputs["loss"].ToDoubles()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.All(state, pair => Assert.All(pair.Value.ToDoubles().Zip(outputs[TrainingGraph.Next(pair.Key)].ToDoubles()),
            both => Assert.Equal(both.First, both.Second, 1e-6)));
    }

    static nn.Module<Tensor, Tensor> Net() => nn.Sequential(("first", nn.Linear(6, 5)), ("act", nn.Tanh()), ("last", nn.Linear(5, 3)));

    static TrainingGraph Training(nn.Module<Tensor, Tensor> net, Optimizer optimizer, double? clip)
    {
        net.eval();
        OnnxModel forward = OnnxExport.Trace(net, randn(Rows, 6)).Model;
        net.train();
        var graph = new GraphBuilder("training", forward.Opset);
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", 6)),
            target = graph.Input("target", ElementType.Int64, new Shape("N"));
        graph.Output("loss", TrainingLosses.CrossEntropy(graph, graph.Inline(forward, x).Values.First(), target));
        return TrainingGraph.Build(graph.Build(), "loss", optimizer, [.. net.named_parameters().Select(pair => pair.name)],
            new TrainingOptions { LargestNorm = clip });
    }

    static (double[] Losses, Dictionary<string, TensorData> State) Run(TrainingGraph training, Tensor x, Tensor target)
    {
        ParityRuntime runtime = OrtRuntime.Create();
        byte[] step = training.Step.ToBytes();
        var state = new Dictionary<string, TensorData>(training.Start);
        var losses = new List<double>();
        for (int i = 0; i < Steps; i++)
        {
            IReadOnlyDictionary<string, TensorData> outputs = runtime.Run(step, new Dictionary<string, TensorData>(state)
            {
                ["x"] = Data(x[i]),
                ["target"] = Data(target[i]),
                [TrainingGraph.Rate] = TensorData.Scalar(LearningRate),
            });
            losses.Add(outputs["loss"].ToDoubles()[0]);
            state = state.Keys.ToDictionary(name => name, name => outputs[TrainingGraph.Next(name)]);
        }
        return ([.. losses], state);
    }

    static double[] Train(nn.Module<Tensor, Tensor> net, optim.Optimizer optimizer, Tensor x, Tensor target, double? clip)
    {
        var losses = new List<double>();
        for (int i = 0; i < Steps; i++)
        {
            optimizer.zero_grad();
            Tensor loss = nn.functional.cross_entropy(net.call(x[i]), target[i]);
            loss.backward();
            if (clip is double largest)
            {
                nn.utils.clip_grad_norm_(net.parameters(), largest);
            }
            optimizer.step();
            losses.Add(loss.item<float>());
        }
        return [.. losses];
    }

    static TensorData Data(Tensor tensor) => tensor.dtype == ScalarType.Int64
        ? TensorData.Of(tensor.contiguous().data<long>().ToArray(), tensor.shape)
        : TensorData.Of(tensor.contiguous().data<float>().ToArray(), tensor.shape);
}
