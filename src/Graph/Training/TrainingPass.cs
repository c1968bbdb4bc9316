using Toolchain.Graph.Building;

namespace Toolchain.Graph.Training;

/// <summary>The steps of a training as a loop whose body is one step.</summary>
static class TrainingPass
{
    /// <summary>The input with the rows of each step's batch.</summary>
    const string Order = "order";

    public static OnnxModel Build(TrainingGraph training)
    {
        OnnxModel step = training.Step;
        var graph = new GraphBuilder(step.Name, step.Opset);
        var data = new Dictionary<string, Value>();
        foreach (Value input in step.Inputs.Where(input => input.Name != TrainingGraph.Rate && !training.Start.ContainsKey(input.Name)))
        {
            data[input.Name] = graph.Input(input.Name, input.Type.Element,
                IsRows(input) ? new Shape(["rows", .. input.Shape.Skip(1)]) : input.Shape);
        }
        Value order = graph.Input(Order, ElementType.Int64, new Shape("S", "B")),
            rates = graph.Input(TrainingGraph.Rate, ElementType.Float32, new Shape("S"));
        Value[] state = [.. step.Inputs.Where(input => training.Start.ContainsKey(input.Name))
            .Select(input => graph.Input(input.Name, input.Type.Element, input.Shape))];
        Value count = graph.Apply("Gather", [graph.Apply("Shape", [order]), graph.Constant(TensorData.Scalar(0, ElementType.Int64))]);
        Value[] after = graph.Loop(count, state, (body, iteration, now) =>
        {
            Value picked = body.Apply("Gather", [order, iteration]), rate = body.Apply("Gather", [rates, iteration]);
            var carried = state.Zip(now).ToDictionary(pair => pair.First.Name, pair => pair.Second);
            IReadOnlyDictionary<string, Value> outputs = body.Inline(step,
                [.. step.Inputs.Select(input => input.Name == TrainingGraph.Rate ? rate
                : carried.TryGetValue(input.Name, out Value? known) ? known
                    : IsRows(input) ? body.Apply("Gather", [data[input.Name], picked]) : data[input.Name])]);
            return new LoopStep([.. state.Select(value => outputs[TrainingGraph.Next(value.Name)])],
                [body.Reshape(outputs[training.Loss], [])]);
        });
        foreach ((Value before, Value next) in state.Zip(after))
        {
            graph.Output(TrainingGraph.Next(before.Name), next, before.Shape);
        }
        graph.Output(training.Loss, after[^1], new Shape("S"));
        return graph.Build(step.Metadata, step.Documentation);
    }

    // What is the same in every step has no axis for the batch.
    static bool IsRows(Value input) => input.Shape.Count > 0 && input.Shape[0].Size is null;
}
