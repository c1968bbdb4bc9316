using Toolchain.Graph;

namespace Toolchain.Evaluate.Probe;

/// <summary>
/// One training step of softmax regression as a graph in standard operators, so that it runs on any ONNX runtime: logits, softmax, the gradient of
/// the mean cross-entropy (written out: (p - y) / N), and Adam with bias correction (Kingma and Ba 2015, algorithm 1).
/// </summary>
static class AdamStepGraph
{
    const double decay1 = 0.9, decay2 = 0.999, epsilon = 1e-8;

    /// <summary>Names of the state, each an input and, with "next_" before it, an output.</summary>
    public static readonly string[] State = ["weight", "bias", "weight_m", "weight_v", "bias_m", "bias_v"];

    /// <summary>
    /// Inputs <c>x [N,D]</c>, <c>target [N,K]</c> (one-hot), <c>correction1 [1]</c> and <c>correction2 [1]</c> (1 - decay^t), and the state
    /// <c>weight [K,D]</c>, <c>bias [K]</c> with their moments; outputs the next state.
    /// </summary>
    public static OnnxModel Build(int width, int classes, double learningRate)
    {
        var graph = new GraphBuilder("linear_probe_step");
        Value x = graph.Input("x", ElementType.Float32, new Shape("N", width));
        Value target = graph.Input("target", ElementType.Float32, new Shape("N", classes));
        Value correction1 = graph.Input("correction1", ElementType.Float32, new Shape(1)), correction2 = graph.Input("correction2", ElementType.Float32, new Shape(1));
        var state = State.ToDictionary(name => name, name => graph.Input(name, ElementType.Float32, name.StartsWith("weight", StringComparison.Ordinal) ? new Shape(classes, width) : new Shape(classes)));

        Value probability = graph.Softmax(graph.Gemm(x, state["weight"], state["bias"], transB: true)); // [N,K]
        Value count = graph.Cast(graph.Apply("Gather", [graph.Apply("Shape", [x]), graph.Constant(TensorData.Vector(0))]), ElementType.Float32); // [1]
        Value error = graph.Div(graph.Sub(probability, target), count); // [N,K]
        Update("weight", graph.Apply("Gemm", [error, x], new Attributes { ["transA"] = 1 })); // [K,D]
        Update("bias", graph.Reduce("ReduceSum", error, [0])); // [K]
        return graph.Build();

        void Update(string name, Value gradient)
        {
            Value m = graph.Add(Times(decay1, state[$"{name}_m"]), Times(1 - decay1, gradient));
            Value v = graph.Add(Times(decay2, state[$"{name}_v"]), Times(1 - decay2, graph.Mul(gradient, gradient)));
            Value root = graph.Apply("Sqrt", [graph.Div(v, correction2)]);
            Value step = graph.Div(Times(learningRate, graph.Div(m, correction1)), graph.Add(root, graph.Scalar(epsilon, root)));
            graph.Output($"next_{name}", graph.Sub(state[name], step));
            graph.Output($"next_{name}_m", m);
            graph.Output($"next_{name}_v", v);
        }

        Value Times(double factor, Value value) => graph.Mul(value, graph.Scalar(factor, value));
    }

    /// <summary>1 - decay^t of both moments, for step <paramref name="t"/> counted from 1.</summary>
    public static (float First, float Second) Corrections(int t) => ((float)(1 - Math.Pow(decay1, t)), (float)(1 - Math.Pow(decay2, t)));
}
