using Toolchain.Data;
using Toolchain.Export;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Gradients;
using Toolchain.Graph.Passes;
using Toolchain.Graph.Training;
using Toolchain.Train.Models.Autoencoder;
using Toolchain.Train.Models.Capsules;
using Toolchain.Train.Models.InfoGan;
using Toolchain.Train.Models.MoCo;
using Toolchain.Train.Models.Refine;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models;

/// <summary>Gradients of the systems' exported graphs by all their parameters, beside autograd or central differences in float64.</summary>
public sealed class SystemGradientTests
{
    const double Tolerance = 1e-5;

    static readonly ImageShape shape = ImageShape.Mnist;

    static readonly InfoGanOptions gan = new() { HiddenSize = 16, ChannelCount = 2, ClusterCount = 4, NoiseSize = 5 };

    static readonly AutoencoderOptions clusters = new() { HiddenSize = 8, EmbeddingSize = 3, ClusterSteps = 1, ClusterCount = 4 };

    static readonly Dictionary<string, (Func<nn.Module> Make, Func<Tensor[]> Inputs)> systems = new()
    {
        ["autoencoder"] = (() => new AutoencoderModel(new() { HiddenSize = 8, EmbeddingSize = 3 }, shape), Images),
        ["autoencoder of convolutions"] = (() => new AutoencoderModel(new()
        {
            Network = AutoencoderNetwork.Conv,
            EmbeddingSize = 3,
        }, shape), Images),
        ["deep autoencoder"] = (() => new AutoencoderModel(new() { Network = AutoencoderNetwork.Deep, EmbeddingSize = 3 }, shape), Images),
        ["autoencoder with clusters"] = (() => new AutoencoderModel(clusters, shape).Clusters!, Images),
        ["moco"] = (() => new MoCoEncoder(new() { EmbeddingSize = 4 }, shape), Images),
        ["infogan recogniser"] = (() => new Recogniser(gan, shape), Images),
        ["infogan generator"] = (() => new Toolchain.Train.Models.InfoGan.Generator(gan, shape), () =>
            [rand(2, 5), eye(4).narrow(0, 1, 2), rand(2, 2)]),
        ["refine"] = (() => new ClusterNet(new() { ClusterCount = 4 }, shape), Images),
    };

    public static TheoryData<string> Names => [.. systems.Keys];

    static Tensor[] Images() => [rand(2, 1, 28, 28)];

    [Theory, MemberData(nameof(Names))]
    public void Gradients_OfSystem_AreAutograds(string name)
    {
        using var scope = NewDisposeScope();
        (nn.Module module, Tensor[] inputs, OnnxModel model) = Traced(systems[name].Make, systems[name].Inputs);
        string[] parameters = [.. module.named_parameters().Select(pair => pair.name)];
        Assert.Equal("", string.Join(" ", parameters.Except(model.Initializers.Select(pair => pair.Key))));
        IReadOnlyDictionary<string, TensorData> found = Evaluator.Run(GradientGraph.Build(model, "loss", parameters), Data(model, inputs));

        module.to(float64);
        Loss(Results(module, [.. inputs.Select(input => input.to(float64))])).backward();

        Assert.All(module.named_parameters(), pair =>
        {
            Tensor expected = pair.parameter.grad ?? zeros_like(pair.parameter);
            double[] ours = found[GradientGraph.NameOf(pair.name)].ToDoubles(), right = expected.contiguous().data<double>().ToArray();
            double largest = Math.Max(right.Max(Math.Abs), 1e-3);
            Assert.InRange(right.Zip(ours, (a, b) => Math.Abs(a - b)).Max() / largest, 0, Tolerance);
        });
    }

    // The module cuts some gradients, which the graph does not know: differences of some elements of each parameter.
    [Fact]
    public void Gradients_OfCapsules_AreDifferences()
    {
        using var scope = NewDisposeScope();
        (nn.Module module, Tensor[] inputs, OnnxModel model) = Traced(() => new CapsuleAutoencoder(new()
        {
            PartCount = 3,
            ObjectCount = 4,
            FirstChannelCount = 4,
            ChannelCount = 4,
            FeatureSize = 3,
            TokenSize = 4,
            CodeSize = 4,
            HiddenSize = 4,
            CapsuleSize = 4,
        }, shape), () => [rand(1, 1, 28, 28)]);
        string[] parameters =
            [.. module.named_parameters().Select(pair => pair.name).Intersect(model.Initializers.Select(pair => pair.Key))];
        Dictionary<string, TensorData> data = Data(model, inputs);
        IReadOnlyDictionary<string, TensorData> found = Evaluator.Run(GradientGraph.Build(model, "loss", parameters), data);

        Assert.InRange(parameters.Length, 20, 200);
        Assert.All(parameters, name =>
        {
            double[] ours = found[GradientGraph.NameOf(name)].ToDoubles();
            int largest = Enumerable.Range(0, ours.Length).MaxBy(i => Math.Abs(ours[i]));
            double difference = (At(name, largest, 1e-5) - At(name, largest, -1e-5)) / 2e-5;
            Assert.InRange(Math.Abs(difference - ours[largest]) / Math.Max(Math.Abs(difference), 1e-3), 0, Tolerance);
        });

        double At(string name, int element, double step) => Evaluator.Run(TrainingGraph.WithState(model, new Dictionary<string, TensorData>
        {
            [name] = Moved(model.Initializers.Single(pair => pair.Key == name).Value, element, step),
        }), data)["loss"].ToDoubles()[0];
    }

    static TensorData Moved(TensorData tensor, int element, double step)
    {
        double[] values = tensor.ToDoubles();
        values[element] += step;
        return TensorData.FromDoubles(values, tensor.Sizes, ElementType.Float64);
    }

    static (nn.Module Module, Tensor[] Inputs, OnnxModel Model) Traced(Func<nn.Module> make, Func<Tensor[]> makeInputs)
    {
        manual_seed(11);
        nn.Module module = make();
        Tensor[] inputs = makeInputs();
        using (no_grad())
        {
            // Statistics other than 0 and 1, as after training.
            foreach ((string key, Tensor buffer) in module.named_buffers().Where(pair => pair.buffer.is_floating_point()))
            {
                bool isVariance = key.EndsWith("var", StringComparison.Ordinal) || key.EndsWith("variance", StringComparison.Ordinal);
                buffer.copy_(isVariance ? rand_like(buffer) + 0.5 : randn_like(buffer) * 0.1);
            }
        }
        module.eval();
        OnnxModel forward = OnnxExport.Trace(module, inputs, new OnnxExportOptions
        {
            KeepNaN = false,
            Passes = GraphPasses.DeadNodes | GraphPasses.Identities | GraphPasses.Duplicates,
        }).Model;
        return (module, inputs, TrainingGraph.WithLoss(forward, (graph, outputs) =>
            outputs.Values.Where(output => output.Type.Element.IsFloat()).Select(output => Loss(graph, output)).Aggregate(graph.Add)));
    }

    // The sum of each result times the sine of its elements' numbers.
    static Value Loss(GraphBuilder graph, Value output)
    {
        Term flat = new(graph, graph.Reshape(output, -1));
        Value zero = graph.Constant(TensorData.Scalar(0, ElementType.Int64)), one = graph.Constant(TensorData.Scalar(1, ElementType.Int64));
        Term numbers = new Term(graph, graph.Apply("Range", [zero, flat.Apply("Size"), one])).Cast(ElementType.Float32);
        return (flat * ((numbers * 0.5).Apply("Sin") + 0.25)).Reduce("ReduceSum", 0);
    }

    static Tensor Loss(IEnumerable<Tensor> results) => results.Where(result => result.is_floating_point())
        .Select(result => (result.reshape(-1) * ((arange(result.numel()).to(float64) * 0.5).sin() + 0.25)).sum())
        .Aggregate((a, b) => a + b);

    static IEnumerable<Tensor> Results(nn.Module module, Tensor[] inputs)
    {
        object result = module.GetType().GetMethod("forward")!.Invoke(module, [.. inputs])!;
        return result is Tensor one ? [one] : [.. result.GetType().GetProperties()
            .Where(property => property.PropertyType == typeof(Tensor)).Select(property => (Tensor)property.GetValue(result)!)];
    }

    static Dictionary<string, TensorData> Data(OnnxModel model, Tensor[] inputs) => model.Inputs.Zip(inputs).ToDictionary(
        pair => pair.First.Name, pair => TensorData.Of(pair.Second.contiguous().data<float>().ToArray(), pair.Second.shape));
}
