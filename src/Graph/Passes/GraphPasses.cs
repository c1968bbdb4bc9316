namespace Toolchain.Graph.Passes;

/// <summary>Changes to a graph that keep what it computes; each can be switched on alone.</summary>
[Flags]
public enum GraphPasses
{
    /// <summary>The graph as it was built.</summary>
    None = 0,

    /// <summary>Nodes and weights that no output needs are left out.</summary>
    DeadNodes = 1,

    /// <summary>Identity nodes are left out.</summary>
    Identities = 2,

    /// <summary>Nodes whose inputs are all constant are computed once, in float64.</summary>
    Constants = 4,

    /// <summary>
    /// Equal nodes on equal inputs become one, and so do equal constants without a name of their own; weights keep their names.
    /// </summary>
    Duplicates = 8,

    /// <summary>
    /// A BatchNormalization is worked into the weights of the Conv or Gemm before it. The weights are then no longer those of the state
    /// dict.
    /// </summary>
    BatchNorms = 16,

    /// <summary>All that leave the weights as they are.</summary>
    Default = DeadNodes | Identities | Constants | Duplicates,
}

/// <summary>Runs passes over a model.</summary>
public static class GraphPassExtensions
{
    /// <summary>The model after <paramref name="passes"/>; the same model gives the same result.</summary>
    /// <exception cref="GraphException">The model does not check.</exception>
    public static OnnxModel Apply(this OnnxModel model, GraphPasses passes)
    {
        // The dead nodes last: the others leave some behind.
        (GraphPasses Pass, Func<OnnxModel, OnnxModel> Run)[] order =
        [
            (GraphPasses.Identities, IdentityRemoval.Apply), (GraphPasses.BatchNorms, BatchNormFolding.Apply),
            (GraphPasses.Constants, ConstantFolding.Apply),
            (GraphPasses.Duplicates, DuplicateRemoval.Apply), (GraphPasses.DeadNodes, DeadNodeRemoval.Apply),
        ];
        return order.Where(step => passes.HasFlag(step.Pass)).Aggregate(model, (current, step) => step.Run(current));
    }
}
