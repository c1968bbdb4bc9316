using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Graph.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = Toolchain.Graph.Training.AdamW;

namespace Toolchain.Export.Tests.Gradients;

/// <summary>Training that begins in TorchSharp, goes on as a graph, and goes back.</summary>
public sealed class TrainingStateTests
{
    const int Rows = 6, Leg = 4;
    const double Rate = 0.02;

    public static TheoryData<string> Optimizers => ["sgd", "momentum", "adam", "adamw"];

    static (Optimizer Ours, Func<nn.Module, OptimizerHelper> Theirs) Both(string name) => name switch
    {
        "sgd" => (new Sgd(), net => optim.SGD(net.parameters(), Rate)),
        "momentum" => (new Sgd(0.9, 1e-2), net => optim.SGD(net.parameters(), Rate, 0.9, weight_decay: 1e-2)),
        "adam" => (new AdamW(0), net => optim.Adam(net.parameters(), Rate)),
        _ => (new AdamW(0.1), net => optim.AdamW(net.parameters(), Rate, weight_decay: 0.1)),
    };

    // A bias before a normalisation has no gradient but rounding, of which Adam makes whole steps.
    static nn.Module<Tensor, Tensor> Net() => nn.Sequential(("conv", nn.Conv2d(1, 4, 3, padding: 1, bias: false)),
        ("norm", nn.BatchNorm2d(4)), ("act", nn.Tanh()), ("flat", nn.Flatten()), ("last", nn.Linear(4 * 5 * 5, 3)));

    static TrainingGraph Traced(nn.Module net, Optimizer optimizer)
    {
        TracedTraining traced = OnnxExport.TraceTraining(net, randn(Rows, 1, 5, 5));
        return TrainingGraph.Build(TrainingGraph.WithLoss(traced.Model, (graph, outputs) => TrainingLosses.CrossEntropy(graph,
            outputs["output"], graph.Input("target", ElementType.Int64, new Shape("N")))), "loss", optimizer, traced.Parameters);
    }

    [Theory, MemberData(nameof(Optimizers))]
    public void State_ToTheRuntimeAndBack_GoesOnAsIfNeverMoved(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        (nn.Module<Tensor, Tensor> net, nn.Module<Tensor, Tensor> stays) = (Net(), Net());
        stays.load_state_dict(net.state_dict());
        (Tensor x, Tensor target) = (randn([3 * Leg, Rows, 1, 5, 5]), randint(3, [3 * Leg, Rows], int64));
        (Optimizer ours, Func<nn.Module, OptimizerHelper> theirs) = Both(name);
        OptimizerHelper optimizer = theirs(net), other = theirs(stays);

        Train(net, optimizer, x[..Leg], target[..Leg]);
        TrainingGraph training = Traced(net, ours).StartingFrom(TrainingState.Of(net, optimizer, Leg));
        Assert.Equal(Leg, training.Start[TrainingGraph.StepCount].ToInt64s()[0]);
        IReadOnlyDictionary<string, TensorData> state = Run(training, x[Leg..(2 * Leg)], target[Leg..(2 * Leg)]);
        Assert.Equal(2 * Leg, TrainingState.Set(net, optimizer, state));
        Train(net, optimizer, x[(2 * Leg)..], target[(2 * Leg)..]);
        Train(stays, other, x, target);

        IReadOnlyDictionary<string, TensorData> found = TrainingState.Of(net, optimizer, 0), expected = TrainingState.Of(stays, other, 0);
        Assert.Equal(expected.Keys, found.Keys);
        // Batches are counted by libtorch alone.
        Assert.All(expected.Where(pair => !pair.Key.Contains("batches")), pair =>
            Assert.All(pair.Value.ToDoubles().Zip(found[pair.Key].ToDoubles()), both => Assert.Equal(both.First, both.Second, 2e-5)));
    }

    [Fact]
    public void Set_OfMomentsOfAdam_TakesTheStepWithThem()
    {
        using var scope = NewDisposeScope();
        nn.Module<Tensor, Tensor> net = Net();
        (Tensor x, Tensor target) = (randn([2, Rows, 1, 5, 5]), randint(3, [2, Rows], int64));
        using OptimizerHelper some = optim.Adam(net.parameters()), other = optim.Adam(net.parameters());
        Train(net, some, x, target);
        _ = TrainingState.Set(net, other, TrainingState.Of(net, some, 2));
        Assert.All(some.state_dict().State.Zip(other.state_dict().State), pair =>
        {
            Assert.True(pair.First.ApproximatelyEquals(pair.Second));
            Assert.Equal(2, ((Adam.State)pair.Second).step);
        });
    }

    [Fact]
    public void Set_OfAnUnfitState_SaysWhatAndChangesNothing()
    {
        using var scope = NewDisposeScope();
        nn.Module<Tensor, Tensor> net = Net();
        using OptimizerHelper optimizer = optim.SGD(net.parameters(), Rate, 0.9);
        var state = TrainingState.Of(net, optimizer, 5).ToDictionary();
        string before = state["conv.weight"].Digest();
        state["conv.weight"] = TensorData.FromDoubles(new double[36], [4, 1, 3, 3], ElementType.Float32);
        Dictionary<string, TensorData> less = new(state), wider = new(state) { ["last.bias"] = TensorData.Of([1f, 2], 2) };
        less.Remove("last.weight.momentum");

        Assert.Equal("expected 'last.weight.momentum' as Float32[3,100] in the state, found none; take the state of this module's "
            + "training.", Assert.Throws<ExportException>(() => TrainingState.Set(net, optimizer, less)).Message);
        Assert.Equal("expected 'last.bias' as Float32[3] in the state, found Float32[2]; take the state of this module's training.",
            Assert.Throws<ExportException>(() => TrainingState.Set(net, optimizer, wider)).Message);
        Assert.Equal(before, TrainingState.Of(net, optimizer, 0)["conv.weight"].Digest());
        using OptimizerHelper slow = optim.RMSProp(net.parameters());
        Assert.Equal("expected SGD, Adam or AdamW without amsgrad as the optimizer, found RMSProp.",
            Assert.Throws<ExportException>(() => TrainingState.Of(net, slow, 0)).Message);
        Assert.Contains("expected 'last.bias' as Float32[3] in the state, found Float32[2]",
            Assert.Throws<GraphException>(() => Traced(net, new Sgd(0.9)).StartingFrom(wider)).Message, StringComparison.Ordinal);
    }

    static void Train(nn.Module<Tensor, Tensor> net, OptimizerHelper optimizer, Tensor x, Tensor target)
    {
        for (int step = 0; step < x.shape[0]; step++)
        {
            optimizer.zero_grad();
            nn.functional.cross_entropy(net.call(x[step]), target[step]).backward();
            optimizer.step();
        }
    }

    static IReadOnlyDictionary<string, TensorData> Run(TrainingGraph training, Tensor x, Tensor target)
    {
        IReadOnlyDictionary<string, TensorData> state = training.Start;
        byte[] step = training.Step.ToBytes();
        ParityRuntime runtime = OrtRuntime.Create();
        for (int i = 0; i < x.shape[0]; i++)
        {
            IReadOnlyDictionary<string, TensorData> outputs = runtime.Run(step, new Dictionary<string, TensorData>(state)
            {
                ["input"] = TensorData.Of(x[i].contiguous().data<float>().ToArray(), Rows, 1, 5, 5),
                ["target"] = TensorData.Of(target[i].contiguous().data<long>().ToArray(), Rows),
                [TrainingGraph.Rate] = TensorData.Scalar(Rate),
            });
            state = state.Keys.ToDictionary(name => name, name => outputs[TrainingGraph.Next(name)]);
        }
        return state;
    }
}
