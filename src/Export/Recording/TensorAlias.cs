namespace Toolchain.Export.Recording;

/// <summary>
/// What is known of a live tensor. Tensors that share memory form a tree: a view knows its parent and the call that made it, so that after
/// a write through one of them the others are made again from what was written.
/// </summary>
sealed class TensorAlias
{
    int generation, seen;

    /// <summary>Number of the tensor in the recording; null for a parameter or buffer that was not used yet.</summary>
    public int? Number { get; private set; }

    /// <summary>Whether its value depends on an input.</summary>
    public bool Follows { get; private set; }

    /// <summary>Key of the state dict, or "".</summary>
    public string State { get; init; } = "";

    /// <summary>Address of its memory; 0 for an empty tensor.</summary>
    public nint Memory { get; init; }

    /// <summary>Why the tensor cannot be followed any more, or null.</summary>
    public string? Lost { get; set; }

    /// <summary>The tensor that it is a view of, or null.</summary>
    public TensorAlias? Parent { get; init; }

    /// <summary>Position of the call that made the view, and which of its results it is.</summary>
    public (int Call, int Result)? View { get; init; }

    public TensorAlias(int? number, bool follows, TensorAlias? parent = null)
    {
        (Number, Follows, Parent) = (number, follows, parent);
        seen = Root.generation;
    }

    TensorAlias Root => Parent?.Root ?? this;

    /// <summary>Whether another tensor of the same memory was written since this one's number was taken.</summary>
    public bool IsStale => Parent is not null && seen != Root.generation;

    /// <summary>The number under which the tensor goes from now on.</summary>
    public void Renew(int number, bool follows) => (Number, Follows, seen) = (number, follows, Root.generation);

    /// <summary>Marks a write to the shared memory: every other view is stale.</summary>
    public void MarkWritten() => Root.generation++;
}
