using Toolchain.Export.Tests.Networks;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Passes;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests.Gradients;

/// <summary>Gradients of whole networks by all parameters beside TorchSharp's autograd.</summary>
public sealed class NetworkGradientTests
{
    const double Tolerance = 1e-5;

    // PyTorch's gates r, z, n of a GRU where ONNX has z, r, n.
    static readonly int[] gates = [1, 0, 2];

    public static TheoryData<string> Names => [.. NetworkModels.All.Select(item => item.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Gradients_OfWholeNetwork_AreAutograds(string name)
    {
        using var scope = NewDisposeScope();
        NetworkModels.Network network = NetworkModels.All.Single(item => item.Name == name);
        TracedModel traced = network.Trace([], keepNaN: false, GraphPasses.DeadNodes | GraphPasses.Identities | GraphPasses.Duplicates);
        Tensor example = network.Example();
        example = example.is_floating_point() ? example : example.clamp(1); // row 0 is padding, which PyTorch leaves out of its gradient
        nn.Module module = traced.Traced.Module;
        AutogradComparison comparison = Autograds(module, example, traced.Model);

        Dictionary<string, double> differences =
            comparison.Differences((model, inputs) => OrtRuntime.Create().Run(model.ToBytes(), inputs));

        string[] parameters = [.. module.named_parameters().Select(pair => pair.name).Where(parameter => !IsPacked(parameter))];
        Assert.Equal("", string.Join(" ", parameters.Except(differences.Keys)));
        string[] far = [.. differences.Where(pair => !(pair.Value <= Tolerance)).Select(pair => pair.Key)];
        // Gradients that are next to 0, such as of a bias in front of a norm, are noise in float32.
        Dictionary<string, double> exact = far.Length == 0 ? [] : InDouble(module, example, traced.Model);
        Assert.Equal("", string.Join("\n", far.Where(key => !(exact[key] <= Tolerance)).Select(key =>
            FormattableString.Invariant($"that of '{key}' differs by {differences[key]:g3}, in float64 by {exact[key]:g3}"))));
        TestContext.Current.SendDiagnosticMessage("{0}: {1} gradients, up to {2:g3} in float32, {3} of them compared in float64", name,
            differences.Count, differences.Values.Max(), far.Length);
    }

    // TorchSharp 0.107 cannot convert a ModuleDict, which has two indexers; what holds one has no parameter of its own here.
    static void ToDouble(nn.Module module)
    {
        if (!module.modules().Append(module).Any(inner => inner.GetType().Name.StartsWith("ModuleDict", StringComparison.Ordinal)))
        {
            module.to(float64);
            return;
        }
        foreach (nn.Module child in module.children())
        {
            ToDouble(child);
        }
    }

    static Dictionary<string, double> InDouble(nn.Module module, Tensor example, OnnxModel model)
    {
        ToDouble(module);
        foreach (TorchSharp.Modules.Parameter parameter in module.parameters())
        {
            parameter.grad = null;
        }
        Tensor input = example.is_floating_point() ? example.to(float64) : example;
        return Autograds(module, input, model).Differences(Evaluator.Run);
    }

    static AutogradComparison Autograds(nn.Module module, Tensor example, OnnxModel model)
    {
        AutogradComparison comparison = AutogradComparison.Of(module, [example], model)!;
        foreach ((string packed, Tensor gradient) in Packed(module, model))
        {
            comparison.Expected.Add(packed, gradient);
        }
        return comparison;
    }

    static bool IsPacked(string parameter) => parameter.StartsWith("gru.", StringComparison.Ordinal);

    // The weights of a GRU are packed in the graph: [directions, gates * hidden, inputs], and both biases behind one another.
    static IEnumerable<(string Name, Tensor Gradient)> Packed(nn.Module module, OnnxModel model)
    {
        Dictionary<string, Tensor?> gradients =
            module.named_parameters().ToDictionary(pair => pair.name, pair => ((Tensor)pair.parameter).grad);
        foreach (string name in model.Initializers.Select(pair => pair.Key).Where(IsPacked))
        {
            string layer = name[(name.IndexOf('_', StringComparison.Ordinal) + 1)..];
            string[] parts = name["gru.".Length] switch { 'W' => ["weight_ih"], 'R' => ["weight_hh"], _ => ["bias_ih", "bias_hh"] };
            yield return (name, stack(((string[])["", "_reverse"]).Select(direction =>
                cat([.. parts.Select(part => Reordered(gradients[$"gru.{part}_{layer}{direction}"]!))]))));
        }
    }

    static Tensor Reordered(Tensor gradient)
    {
        Tensor[] parts = gradient.chunk(gates.Length);
        return cat([.. gates.Select(gate => parts[gate])]);
    }
}
