namespace Toolchain.Graph.Operators;

/// <summary>
/// If: input one condition; outputs those of the subgraph then_branch where it holds, else of else_branch. Neither has inputs: they read
/// the names around them. Both give as many tensors, of the same types and numbers of axes; an axis of two sizes is unknown.
/// </summary>
static class IfOperator
{
    public static IEnumerable<Operator> All => [new("If", 13, Infer, Evaluate)];

    static TensorType[] Infer(TypeScope scope)
    {
        TensorType condition = scope[0];
        if (condition.Element != ElementType.Bool || condition.Shape.Any(dim => dim.Size is not null and not 1))
        {
            throw new GraphException($"the condition must be one {ElementType.Bool}, is {condition}.");
        }
        (TensorType[] then, TensorType[] otherwise) = (Made(scope, "then_branch"), Made(scope, "else_branch"));
        return then.Length == otherwise.Length ? [.. then.Zip(otherwise, Either)]
            : throw new GraphException($"'then_branch' gives {then.Length} tensors, 'else_branch' gives {otherwise.Length}; expected as "
                + "many.");
    }

    static TensorType[] Made(TypeScope scope, string name)
    {
        OnnxModel body = scope.Body(name);
        if (body.Inputs.Count > 0)
        {
            throw new GraphException($"'{name}' has {body.Inputs.Count} inputs, expected none.");
        }
        IReadOnlyDictionary<string, TensorType> types = scope.Check(body);
        // A branch may give a tensor that it captures.
        return [.. body.Outputs.Select(output => types.GetValueOrDefault(output.Name) ?? output.Type)];
    }

    static TensorType Either(TensorType then, TensorType otherwise) =>
        then.Element == otherwise.Element && then.Shape.Count == otherwise.Shape.Count
            ? then with { Shape = new Shape(then.Shape.Zip(otherwise.Shape, (a, b) => a == b ? a : Dim.Unknown)) }
            : throw new GraphException($"'then_branch' gives {then} where 'else_branch' gives {otherwise}; expected one type and number of "
                + "axes.");

    static NdArray[] Evaluate(ValueScope scope) =>
        scope.Run((OnnxModel)scope.Attributes[scope[0].Data[0] != 0 ? "then_branch" : "else_branch"], []);
}
