using Toolchain.Graph.Building;
using Toolchain.Graph.Gradients;

namespace Toolchain.Graph.Training;

/// <summary>
/// A model's training as a model of standard operators: data, learning rate and state go in, loss and next state come out. Any ONNX
/// runtime trains with it.
/// </summary>
public sealed class TrainingGraph
{
    /// <summary>The input that holds the learning rate, a float32 scalar.</summary>
    public const string Rate = "learning_rate";

    /// <summary>The state that counts steps, an int64 scalar: 0 before the first.</summary>
    public const string StepCount = "step";

    TrainingGraph(OnnxModel step, string loss, IReadOnlyDictionary<string, TensorData> start) => (Step, Loss, Start) = (step, loss, start);

    /// <summary>
    /// One step. Inputs: those of the model, <see cref="Rate"/>, and the state. Outputs: those of the model (the loss before the step among
    /// them), and the state after it under the names of <see cref="Next"/>.
    /// </summary>
    public OnnxModel Step { get; }

    /// <summary>Name of the output that is the loss.</summary>
    public string Loss { get; }

    /// <summary>The state before the first step by the names of its inputs: parameters, moments, what else is carried along.</summary>
    public IReadOnlyDictionary<string, TensorData> Start { get; }

    /// <summary>Name of the output that holds a state after the step.</summary>
    public static string Next(string state) => $"next.{state}";

    /// <summary>Name of the state that holds a moment of a parameter, such as "fc.weight.momentum".</summary>
    public static string Moment(string parameter, string moment) => $"{parameter}.{moment}";

    /// <summary>Builds the training of a model.</summary>
    /// <param name="model">
    /// A model in training form with its loss among the outputs. What it carries along beside its parameters, such as running statistics or
    /// a queue of keys, is a weight X with an output called <see cref="Next"/> of X.
    /// </param>
    /// <param name="loss">The output to make small, one floating-point number.</param>
    /// <param name="optimizer">How.</param>
    /// <param name="parameters">Names of the weights to train.</param>
    /// <param name="options">Further options.</param>
    /// <exception cref="GraphException">A name is unknown, or an operator between has no gradient.</exception>
    public static TrainingGraph Build(OnnxModel model, string loss, Optimizer optimizer, IReadOnlyList<string> parameters,
        TrainingOptions? options = null)
    {
        options ??= new TrainingOptions();
        var weights = model.Initializers.ToDictionary();
        string[] carried = [.. model.Outputs.Select(output => output.Name).Where(name =>
            name.StartsWith(Next(""), StringComparison.Ordinal))
            .Select(name => name[Next("").Length..])];
        if (parameters.Concat(carried).FirstOrDefault(name => !weights.ContainsKey(name)) is string unknown)
        {
            throw new GraphException($"model '{model.Name}' has no weight '{unknown}' to train.");
        }
        var graph = new GraphBuilder(model.Name, model.Opset);
        var start = parameters.Concat(carried).Distinct().ToDictionary(name => name, name => weights[name]);
        graph.Copy(model, start.Keys.ToHashSet());
        Value rate = graph.Input(Rate, ElementType.Float32, new Shape());
        start[StepCount] = TensorData.Scalar(0, ElementType.Int64);
        Term count = new Term(graph, graph.Input(StepCount, ElementType.Int64, new Shape())) + 1;
        graph.Output(Next(StepCount), count, new Shape());
        var time = new StepTime(new Term(graph, rate), count.Cast(ElementType.Float64));
        IReadOnlyList<KeyValuePair<string, Value>> gradients = GradientGraph.Of(graph, loss, parameters, options.Constants);
        Term? factor = options.LargestNorm is double largest ? Clipping(graph, [.. gradients.Select(pair => pair.Value)], largest) : null;
        foreach ((string name, Value gradient) in gradients)
        {
            Term parameter = new(graph, graph.Find(name)), slope = new(graph, gradient);
            Term[] moments = [.. optimizer.Moments.Select(moment => Moments(graph, start, name, moment))];
            Term[] moved = optimizer.Move(parameter, factor is Term clip ? slope * clip.Cast(gradient.Type.Element) : slope, moments,
                time with { Rate = time.Rate.Cast(gradient.Type.Element) });
            foreach ((string state, Term next) in optimizer.Moments.Select(moment => Moment(name, moment)).Prepend(name).Zip(moved))
            {
                graph.Output(Next(state), next, parameter.Value.Shape);
            }
        }
        return new TrainingGraph(graph.Build(model.Metadata, model.Documentation), loss, start);
    }

    /// <summary>A model with a loss as a further output.</summary>
    /// <param name="model">In training form.</param>
    /// <param name="loss">Builds the loss from the model's outputs by name; it may add inputs, such as targets.</param>
    /// <param name="name">Name of the output.</param>
    public static OnnxModel WithLoss(OnnxModel model, Func<GraphBuilder, IReadOnlyDictionary<string, Value>, Value> loss,
        string name = "loss")
    {
        var graph = new GraphBuilder(model.Name, model.Opset);
        graph.Copy(model);
        graph.Output(name, loss(graph, model.Outputs.ToDictionary(output => output.Name, output => graph.Find(output.Name))));
        return graph.Build(model.Metadata, model.Documentation);
    }

    /// <summary>
    /// Many steps as one model, a loop. Its data inputs hold all rows of what the step takes in batches, that is by a first axis
    /// without a fixed size; other inputs are the same in every step. <c>order</c> int64 [S,B] picks the rows of each step; <see
    /// cref="Rate"/> is [S]. Outputs: the state after all steps, and the loss of each before it, [S].
    /// </summary>
    public OnnxModel Pass() => TrainingPass.Build(this);

    /// <summary>The same steps from another start.</summary>
    /// <param name="state">A tensor for each of <see cref="Start"/>, by name; those of other names are left out.</param>
    /// <exception cref="GraphException">A tensor is missing, or has another type or shape.</exception>
    public TrainingGraph StartingFrom(IReadOnlyDictionary<string, TensorData> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new TrainingGraph(Step, Loss, Start.ToDictionary(pair => pair.Key, pair =>
            state.GetValueOrDefault(pair.Key) is TensorData found && found.Type == pair.Value.Type
                && found.Sizes.SequenceEqual(pair.Value.Sizes)
                ? found
                : throw new GraphException($"expected '{pair.Key}' as {Text(pair.Value)} in the state, found "
                    + $"{(state.TryGetValue(pair.Key, out TensorData? other) ? Text(other) : "none")}; take the state of this training.")));

        static string Text(TensorData tensor) => $"{tensor.Type}[{string.Join(",", tensor.Sizes)}]";
    }

    /// <summary>A model with weights of a state in place of its own of the same name.</summary>
    /// <param name="model">Whose weights to replace.</param>
    /// <param name="state">Tensors by name; those of other names are left out.</param>
    public static OnnxModel WithState(OnnxModel model, IReadOnlyDictionary<string, TensorData> state) => model.With(model.Nodes,
        [.. model.Initializers.Select(pair => KeyValuePair.Create(pair.Key, state.GetValueOrDefault(pair.Key) ?? pair.Value))]);

    static Term Moments(GraphBuilder graph, Dictionary<string, TensorData> start, string parameter, string moment)
    {
        Value like = graph.Find(parameter);
        string name = Moment(parameter, moment);
        start[name] = TensorData.FromDoubles(new double[start[parameter].Count], start[parameter].Sizes, like.Type.Element);
        return new Term(graph, graph.Input(name, like.Type.Element, like.Shape));
    }

    // What all gradients are multiplied by so that their common length is at most the largest (Pascanu et al. 2013, algorithm 1).
    static Term Clipping(GraphBuilder graph, Value[] gradients, double largest)
    {
        Term squares = gradients.Select(gradient => new Term(graph, graph.Reduce("ReduceSumSquare",
            graph.Cast(gradient, ElementType.Float32), [.. Enumerable.Range(0, gradient.Shape.Count).Select(axis => (long)axis)])))
            .Aggregate((a, b) => a + b);
        return (largest / (squares.Apply("Sqrt") + 1e-6)).Apply("Min", squares.Number(1));
    }
}
