namespace Toolchain.Graph.Building;

/// <summary>What the body of a loop makes in one iteration.</summary>
/// <param name="State">What the next iteration begins with, in the order and of the types of the loop's state.</param>
/// <param name="Collected">Tensors of which the loop gives those of all iterations, stacked along a new first axis.</param>
public sealed record LoopStep(IReadOnlyList<Value> State, IReadOnlyList<Value> Collected);

/// <summary>Loops.</summary>
public sealed partial class GraphBuilder
{
    GraphBuilder? outer;

    /// <summary>Runs a body a number of times (ONNX's Loop without an early end).</summary>
    /// <param name="count">Number of iterations, an int64 scalar.</param>
    /// <param name="state">What is carried from one iteration to the next: its values before the first.</param>
    /// <param name="body">
    /// Builds the body with the builder that it is given, from the iteration's index (int64 scalar) and the state. It may read any tensor
    /// of this graph that is already built.
    /// </param>
    /// <returns>The state after the last iteration, then what was collected [iterations, ...].</returns>
    /// <exception cref="GraphException">The body makes another state than it takes, or breaks an operator's rule.</exception>
    public Value[] Loop(Value count, IReadOnlyList<Value> state, Func<GraphBuilder, Value, IReadOnlyList<Value>, LoopStep> body) =>
        Loop(count, null, state, (inner, iteration, goOn, carried) => (goOn, body(inner, iteration, carried)));

    /// <summary>A loop whose count and condition may be left out; the body also makes the next condition.</summary>
    internal Value[] Loop(Value? count, Value? condition, IReadOnlyList<Value> state,
        Func<GraphBuilder, Value, Value, IReadOnlyList<Value>, (Value GoOn, LoopStep Step)> body)
    {
        GraphBuilder inner = Inner("body");
        Value iteration = inner.Input(Unique("iteration"), ElementType.Int64, new Shape()),
            goOn = inner.Input(Unique("go_on"), ElementType.Bool, new Shape());
        Value[] carried = [.. state.Select(value => inner.Input(Unique($"{value.Name}.carried"), value.Type.Element, value.Shape))];
        (Value next, LoopStep step) = body(inner, iteration, goOn, carried);
        if (step.State.Count != state.Count)
        {
            throw new GraphException($"the body of a loop with a state of {state.Count} tensors makes {step.State.Count} of them.");
        }
        foreach (Value value in (IEnumerable<Value>)[next, .. step.State, .. step.Collected])
        {
            inner.Output(Unique($"{value.Name}.next"), value);
        }
        return Apply("Loop", [count, condition, .. state], new Attributes { ["body"] = inner.Build() }, state.Count + step.Collected.Count);
    }

    TensorType? TypeOf(string name) => values.TryGetValue(name, out Value? value) ? value.Type : outer?.TypeOf(name);

    TensorData? ConstantOf(string name) => constants.GetValueOrDefault(name) ?? outer?.ConstantOf(name);

    bool IsTaken(string name) => values.ContainsKey(name) || (outer?.IsTaken(name) ?? false);
}
