using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Graph.Gradients;
using Toolchain.Graph.Training;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests.Gradients;

public sealed class TrainingFormTests
{
    const int Rows = 6, Steps = 5;

    static nn.Module<Tensor, Tensor> Net(double dropout = 0.5) =>
        nn.Sequential(("conv", nn.Conv2d(1, 4, 3, padding: 1)), ("norm", nn.BatchNorm2d(4)),
        ("act", nn.ReLU()), ("pool", nn.MaxPool2d(2)), ("flat", nn.Flatten()), ("drop", nn.Dropout(dropout)),
            ("last", nn.Linear(4 * 4 * 4, 3)));

    [Fact]
    public void TraceTraining_OfNet_HasMasksAndRunningStatistics()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        nn.Module<Tensor, Tensor> net = Net();
        TracedTraining traced = OnnxExport.TraceTraining(net, randn(Rows, 1, 8, 8));
        Assert.Equal(["conv.weight", "conv.bias", "norm.weight", "norm.bias", "last.weight", "last.bias"], traced.Parameters);
        Assert.Equal(["input", "mask.drop"], traced.Model.Inputs.Select(input => input.Name));
        Assert.Equal(["output", "next.norm.running_mean", "next.norm.running_var"], traced.Model.Outputs.Select(output => output.Name));
    }

    [Fact]
    public void Steps_InTrainingForm_FollowTorchSharp()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        nn.Module<Tensor, Tensor> net = Net(dropout: 0);
        (Tensor x, Tensor target) = (randn([Steps, Rows, 1, 8, 8]), randint(3, [Steps, Rows], int64));
        TracedTraining traced = OnnxExport.TraceTraining(net, x[0]);
        TrainingGraph training = TrainingGraph.Build(TrainingGraph.WithLoss(traced.Model, (graph, outputs) =>
            TrainingLosses.CrossEntropy(graph,
            outputs["output"], graph.Input("target", ElementType.Int64, new Shape("N")))), "loss", new Sgd(0.9), traced.Parameters);
        var state = new Dictionary<string, TensorData>(training.Start);
        optim.Optimizer optimizer = optim.SGD(net.parameters(), 0.05, 0.9);
        ParityRuntime runtime = OrtRuntime.Create();
        byte[] step = training.Step.ToBytes();

        for (int i = 0; i < Steps; i++)
        {
            optimizer.zero_grad();
            Tensor loss = nn.functional.cross_entropy(net.call(x[i]), target[i]);
            loss.backward();
            optimizer.step();
            IReadOnlyDictionary<string, TensorData> outputs = runtime.Run(step, new Dictionary<string, TensorData>(state)
            {
                ["input"] = TensorData.Of(x[i].contiguous().data<float>().ToArray(), Rows, 1, 8, 8),
                ["target"] = TensorData.Of(target[i].contiguous().data<long>().ToArray(), Rows),
                ["mask.drop"] = TensorData.Of([.. Enumerable.Repeat(1f, Rows * 64)], Rows, 64),
                [TrainingGraph.Rate] = TensorData.Scalar(0.05),
            });
            state = state.Keys.ToDictionary(name => name, name => outputs[TrainingGraph.Next(name)]);
            Assert.Equal(loss.item<float>(), outputs["loss"].ToDoubles()[0], 1e-5);
        }

        Assert.All(net.state_dict().Where(pair => state.ContainsKey(pair.Key)), pair =>
            Assert.All(pair.Value.data<float>().Zip(state[pair.Key].ToDoubles()), both => Assert.Equal(both.First, both.Second, 1e-5)));
        Assert.Equal(8, net.state_dict().Keys.Count(state.ContainsKey));
    }

    // A target that a net makes for itself, as BYOL's and SimSiam's are: without the stop its gradient is another.
    sealed class Detached : nn.Module<Tensor, Tensor>
    {
        readonly TorchSharp.Modules.Linear first = nn.Linear(4, 3), second = nn.Linear(3, 3);

        public Detached() : base(nameof(Detached)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            Tensor hidden = first.call(input).tanh();
            return (second.call(hidden) - hidden.detach()).pow(2) * hidden + hidden.detach().exp();
        }
    }

    [Fact]
    public void TraceTraining_Detach_StopsTheGradientAsAutograd()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        using var net = new Detached();
        Tensor x = randn(Rows, 4);
        TracedTraining traced = OnnxExport.TraceTraining(net, x);
        OnnxModel gradients = GradientGraph.Build(TrainingGraph.WithLoss(traced.Model, (graph, outputs) =>
            graph.Squeeze(graph.Apply("ReduceSum", [graph.Reshape(outputs["output"], -1)]), 0)), "loss", traced.Parameters);
        net.call(x).sum().backward();

        IReadOnlyDictionary<string, TensorData> found = OrtRuntime.Create().Run(OnnxFile.FromBytes(gradients.ToBytes()).ToBytes(),
            new Dictionary<string, TensorData> { ["input"] = TensorData.Of(x.data<float>().ToArray(), Rows, 4) });

        Assert.Equal(4, traced.Parameters.Count);
        Assert.All(net.named_parameters(), pair => Assert.All(pair.parameter.grad!.data<float>()
            .Zip(found[GradientGraph.NameOf(pair.name)].ToDoubles()), both => Assert.Equal(both.First, both.Second, 1e-5)));
    }

    [Fact]
    public void TraceTraining_OfModuleInEvaluation_IsRefused()
    {
        using var scope = NewDisposeScope();
        nn.Module<Tensor, Tensor> net = Net();
        net.eval();

        var error = Assert.Throws<ExportException>(() => OnnxExport.TraceTraining(net, randn(Rows, 1, 8, 8)));

        Assert.Equal("module 'Sequential' must be in training mode to trace its training, found evaluation mode; call train() on it first.",
            error.Message);
    }
}
