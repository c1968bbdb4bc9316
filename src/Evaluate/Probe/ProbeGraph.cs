using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Evaluate.Probe;

/// <summary>
/// The training of softmax regression as one graph in standard operators, so that it runs on any ONNX runtime: a Loop whose body takes a
/// batch of rows by their indices, standardises it, and makes one step of Adam with bias correction (Kingma and Ba 2015, algorithm 1) down
/// the gradient of the mean cross-entropy, (p - y) / B, and of half the weights' squared length times a decay.
/// </summary>
static class ProbeGraph
{
    const double Decay1 = 0.9, Decay2 = 0.999, Epsilon = 1e-8;

    /// <summary>Names of the state, each an input and, with "next_" before it, an output: the classifier and its moments.</summary>
    public static readonly string[] State = ["weight", "bias", "weight_m", "weight_v", "bias_m", "bias_v"];

    /// <summary>
    /// Inputs: rows <c>x [N,D]</c> with their classes <c>digits [N]</c>; <c>order [S,B]</c>, the rows of each step's batch;
    /// <c>mean [D]</c> and <c>scale [D]</c> by which rows are standardised; <c>learning_rate [S]</c> of each step;
    /// <c>decay</c>; <c>steps_before</c>, the number of steps that made the state; the state <c>weight [K,D]</c> and <c>bias [K]</c>
    /// with their moments. Outputs: the state after S steps, and the <c>loss [S]</c> of each batch before its step.
    /// </summary>
    public static OnnxModel Build(int width, int classes)
    {
        var graph = new GraphBuilder("linear_probe");
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", width)),
            digits = graph.Input("digits", ElementType.Int64, new Shape("N"));
        Value order = graph.Input("order", ElementType.Int64, new Shape("S", "B"));
        Value mean = graph.Input("mean", ElementType.Float32, new Shape(width)),
            scale = graph.Input("scale", ElementType.Float32, new Shape(width));
        Value rates = graph.Input("learning_rate", ElementType.Float32, new Shape("S")),
            decay = graph.Input("decay", ElementType.Float32, new Shape());
        Value before = graph.Input("steps_before", ElementType.Int64, new Shape());
        Value[] state = [.. State.Select(name => graph.Input(name, ElementType.Float32,
            name.StartsWith("weight", StringComparison.Ordinal) ? new Shape(classes, width) : new Shape(classes)))];
        Value sizes = graph.Apply("Shape", [order]),
            batch = graph.Cast(graph.Apply("Gather", [sizes, graph.Constant(TensorData.Scalar(1, ElementType.Int64))]),
                ElementType.Float32);
        Value names = graph.Constant(TensorData.Vector([.. Enumerable.Range(0, classes).Select(label => (long)label)])); // [K]

        Value[] trained = graph.Loop(graph.Apply("Gather", [sizes, graph.Constant(TensorData.Scalar(0, ElementType.Int64))]), state,
            (body, iteration, now) =>
        {
            Value picked = body.Apply("Gather", [order, iteration]); // [B]
            Value rows = body.Mul(body.Sub(body.Apply("Gather", [x, picked]), mean), scale); // [B,D]
            // [B,K]
            Value target = body.Cast(body.Apply("Equal", [body.Unsqueeze(body.Apply("Gather", [digits, picked]), 1), names]),
                ElementType.Float32);
            Value probability = body.Softmax(body.Gemm(rows, now[0], now[1], transB: true)); // [B,K]
            Value error = body.Div(body.Sub(probability, target), batch); // [B,K]
            Value count = body.Cast(body.Add(body.Add(before, iteration), body.Scalar(1, iteration)), ElementType.Float64);
            Value correction1 = Correction(body, Decay1, count), correction2 = Correction(body, Decay2, count);
            Value slope = body.Add(body.Apply("Gemm", [error, rows], new Attributes { ["transA"] = 1 }), body.Mul(now[0], decay));
            var schedule = new Schedule(correction1, correction2, body.Apply("Gather", [rates, iteration]));
            Value[] weight = Adam(body, new(now[0], now[2], now[3]), slope, schedule);
            Value[] bias = Adam(body, new(now[1], now[4], now[5]), body.Reduce("ReduceSum", error, [0]), schedule);
            return new LoopStep([weight[0], bias[0], weight[1], weight[2], bias[1], bias[2]], [Loss(body, probability, target)]);
        });
        foreach ((string name, Value value) in State.Zip(trained))
        {
            graph.Output($"next_{name}", value);
        }
        graph.Output("loss", trained[^1], new Shape("S"));
        return graph.Build();
    }

    /// <param name="Parameter">What is learned.</param>
    /// <param name="First">Decayed mean of its gradients.</param>
    /// <param name="Second">Decayed mean of their squares.</param>
    sealed record Moments(Value Parameter, Value First, Value Second);

    /// <param name="Correction1">What the first moment is divided by at this step.</param>
    /// <param name="Correction2">What the second is divided by.</param>
    /// <param name="Rate">The learning rate.</param>
    sealed record Schedule(Value Correction1, Value Correction2, Value Rate);

    /// <summary>The parameter and its two moments after a step.</summary>
    static Value[] Adam(GraphBuilder graph, Moments moments, Value gradient, Schedule schedule)
    {
        (Value parameter, Value m, Value v) = moments;
        (Value correction1, Value correction2, Value rate) = schedule;
        m = graph.Add(Times(Decay1, m), Times(1 - Decay1, gradient));
        v = graph.Add(Times(Decay2, v), Times(1 - Decay2, graph.Mul(gradient, gradient)));
        Value root = graph.Apply("Sqrt", [graph.Div(v, correction2)]);
        Value step = graph.Div(graph.Mul(rate, graph.Div(m, correction1)), graph.Add(root, graph.Scalar(Epsilon, root)));
        return [graph.Sub(parameter, step), m, v];

        Value Times(double factor, Value value) => graph.Mul(value, graph.Scalar(factor, value));
    }

    // 1 - decay^t, in float64: in float32 the first ones of the second moment would be right to five digits only.
    static Value Correction(GraphBuilder graph, double decay, Value count) =>
        graph.Cast(graph.Sub(graph.Scalar(1, count), graph.Apply("Pow", [graph.Scalar(decay, count), count])), ElementType.Float32);

    static Value Loss(GraphBuilder graph, Value probability, Value target)
    {
        Value right = graph.Reduce("ReduceSum", graph.Mul(probability, target), [1]); // [B]
        Value log = graph.Apply("Log", [graph.Apply("Max", [right, graph.Scalar(1e-30, right)])]);
        return graph.Apply("Neg", [graph.Reduce("ReduceMean", log, [0])]);
    }
}
