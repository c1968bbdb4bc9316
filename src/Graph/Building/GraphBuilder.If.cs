namespace Toolchain.Graph.Building;

/// <summary>Branches.</summary>
public sealed partial class GraphBuilder
{
    /// <summary>Runs one of two bodies (ONNX's If).</summary>
    /// <param name="condition">A bool scalar.</param>
    /// <param name="then">
    /// Builds the body that runs where the condition holds, with the builder that it is given. It may read any tensor of this graph that is
    /// already built.
    /// </param>
    /// <param name="otherwise">Builds the other one, of as many tensors of the same types.</param>
    /// <returns>What the body made that ran; axes that have other sizes in the other body are unknown.</returns>
    /// <exception cref="GraphException">The bodies make other types, or one breaks an operator's rule.</exception>
    public Value[] If(Value condition, Func<GraphBuilder, IReadOnlyList<Value>> then, Func<GraphBuilder, IReadOnlyList<Value>> otherwise)
    {
        OnnxModel first = Branch("then", then), second = Branch("else", otherwise);
        return Apply("If", [condition], new Attributes { ["then_branch"] = first, ["else_branch"] = second }, first.Outputs.Count);
    }

    OnnxModel Branch(string suffix, Func<GraphBuilder, IReadOnlyList<Value>> body)
    {
        GraphBuilder inner = Inner(suffix);
        foreach (Value value in body(inner))
        {
            inner.Output(Unique($"{value.Name}.{suffix}"), value);
        }
        return inner.Build();
    }

    GraphBuilder Inner(string suffix) => new($"{name}_{suffix}", Opset)
    {
        outer = this,
        counters = counters,
        IsRunnable = IsRunnable,
        Scope = Scope,
    };
}
