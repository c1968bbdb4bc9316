using Toolchain.Export.Recording;
using Toolchain.Graph;
using Toolchain.Graph.Training;
using TorchSharp;
using TorchSharp.Modules;
using AdamW = TorchSharp.Modules.AdamW;

namespace Toolchain.Export.Tracing;

/// <summary>
/// What training carries from step to step, between a TorchSharp module with its optimizer and the state of a
/// <see cref="TrainingGraph"/>: begin with one, go on with the other, and back. Weights and statistics have the names of the state dict,
/// moments those of <see cref="TrainingGraph.Moment"/>.
/// </summary>
public static class TrainingState
{
    static readonly IReadOnlyList<string> sgdMoments = new Sgd(0.9).Moments, adamMoments = new Graph.Training.AdamW().Moments;

    /// <summary>The state of a module and its optimizer, copied; take it as a start by <see cref="TrainingGraph.StartingFrom"/>.</summary>
    /// <param name="module">The module that learns.</param>
    /// <param name="optimizer">SGD, Adam or AdamW of its parameters; moments that it has not yet are zeros.</param>
    /// <param name="steps">Steps made so far, at least 0.</param>
    /// <exception cref="ExportException">The optimizer is another, or a tensor's type has no place in a graph.</exception>
    public static IReadOnlyDictionary<string, TensorData> Of(torch.nn.Module module, OptimizerHelper optimizer, long steps)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        using var scope = torch.NewDisposeScope();
        var state = module.state_dict().ToDictionary(pair => pair.Key, pair => NativeTensor.Read(pair.Value));
        foreach ((Parameter of, Moment moment) in Moments(module, optimizer))
        {
            state[moment.Name] = NativeTensor.Read(moment.Value ?? torch.zeros_like(of));
        }
        state[TrainingGraph.StepCount] = TensorData.Scalar(steps, ElementType.Int64);
        return state;
    }

    /// <summary>Goes on from a state: sets what it names in a module and its optimizer.</summary>
    /// <param name="module">The module that learns.</param>
    /// <param name="optimizer">SGD, Adam or AdamW of its parameters.</param>
    /// <param name="state">A state after some steps; names that neither has are left out.</param>
    /// <returns>The steps made so far.</returns>
    /// <exception cref="ExportException">
    /// A weight or moment of a parameter is missing or has another type or shape, or the optimizer is another; nothing is set then.
    /// </exception>
    public static long Set(torch.nn.Module module, OptimizerHelper optimizer, IReadOnlyDictionary<string, TensorData> state)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(state);
        using var scope = torch.NewDisposeScope();
        using IDisposable frozen = torch.no_grad();
        HashSet<string> learned = [.. module.named_parameters().Where(pair => pair.parameter.requires_grad).Select(pair => pair.name)];
        (torch.Tensor, TensorData)[] own = [.. module.state_dict().Where(pair =>
            learned.Contains(pair.Key) || state.ContainsKey(pair.Key))
            .Select(pair => (pair.Value, Fitting(state, pair.Key, pair.Value)))];
        (Parameter Of, Moment Moment)[] moments = [.. Moments(module, optimizer)];
        TensorData[] values = [.. moments.Select(pair => Fitting(state, pair.Moment.Name, pair.Of))];
        long steps = state.TryGetValue(TrainingGraph.StepCount, out TensorData? count) ? count.ToInt64s()[0]
            : throw new ExportException($"expected the number of steps as '{TrainingGraph.StepCount}' in the state, found none.");
        foreach ((torch.Tensor tensor, TensorData value) in own)
        {
            tensor.copy_(NativeTensor.Make(value, tensor.device));
        }
        for (int i = 0; i < moments.Length; i++)
        {
            moments[i].Moment.Set(NativeTensor.Make(values[i], moments[i].Of.device).DetachFromDisposeScope(), steps);
        }
        return steps;
    }

    static TensorData Fitting(IReadOnlyDictionary<string, TensorData> state, string name, torch.Tensor like)
    {
        string expected = $"expected '{name}' as {NativeTensor.Element(like.dtype)}[{string.Join(",", like.shape)}] in the state";
        if (!state.TryGetValue(name, out TensorData? found))
        {
            throw new ExportException($"{expected}, found none; take the state of this module's training.");
        }
        return found.Type == NativeTensor.Element(like.dtype) && found.Sizes.SequenceEqual(like.shape) ? found : throw new ExportException(
            $"{expected}, found {found.Type}[{string.Join(",", found.Sizes)}]; take the state of this module's training.");
    }

    // The optimizer's state is in the order of its parameters, and each group has options of its own.
    static IEnumerable<(Parameter Of, Moment Moment)> Moments(torch.nn.Module module, OptimizerHelper optimizer)
    {
        var names = module.named_parameters().ToDictionary(pair => pair.parameter.Handle, pair => pair.name);
        Parameter[] parameters = [.. optimizer.parameters()];
        torch.optim.Optimizer.StateDictionary kept = optimizer.state_dict();
        return kept.Options.Zip(kept.StateIndexRef).SelectMany(group => group.Second.SelectMany(index =>
            names.TryGetValue(parameters[index].Handle, out string? name)
                ? Moments(kept.State[index], group.First).Select(moment =>
                    (parameters[index], moment with { Name = TrainingGraph.Moment(name, moment.Name) }))
                : throw new ExportException("expected an optimizer of the module's own parameters, found one with others.")));
    }

    static Moment[] Moments(OptimizerState state, OptimizerOptions options) => (state, options) switch
    {
        (SGD.State, SGD.Options { momentum: null or 0 }) => [],
        (SGD.State sgd, _) => [new(sgdMoments[0], sgd.momentum_buffer, (value, _) => Replace(ref sgd.momentum_buffer, value))],
        (Adam.State { max_exp_avg_sq: null } adam, _) =>
        [
            new(adamMoments[0], adam.exp_avg, (value, steps) =>
            {
                Replace(ref adam.exp_avg, value);
                adam.step = steps;
            }),
            new(adamMoments[1], adam.exp_avg_sq, (value, _) => Replace(ref adam.exp_avg_sq, value)),
        ],
        (AdamW.State { max_exp_avg_sq: null } adam, _) =>
        [
            new(adamMoments[0], adam.exp_avg, (value, steps) =>
            {
                Replace(ref adam.exp_avg, value);
                adam.step = steps;
            }),
            new(adamMoments[1], adam.exp_avg_sq, (value, _) => Replace(ref adam.exp_avg_sq, value)),
        ],
        _ => throw new ExportException("expected SGD, Adam or AdamW without amsgrad as the optimizer, found "
            + $"{state.GetType().DeclaringType?.Name}."),
    };

    static void Replace(ref torch.Tensor? tensor, torch.Tensor value)
    {
        tensor?.Dispose();
        tensor = value;
    }

    /// <summary>One moment of a parameter in an optimizer of TorchSharp.</summary>
    /// <param name="Name">In a training graph.</param>
    /// <param name="Value">Null before the first step.</param>
    /// <param name="Set">Takes a value, with the steps made so far.</param>
    sealed record Moment(string Name, torch.Tensor? Value, Action<torch.Tensor, long> Set);
}
