using Toolchain.Graph.Operators;
using Toolchain.Graph.Typing;

namespace Toolchain.Graph;

/// <summary>Type and shape inference of one node, with errors that name the node.</summary>
static class Inference
{
    public static TensorType[] Infer(Node node, int opset, Func<string, TensorType?> typeOf, Func<string, TensorData?> constantOf)
    {
        try
        {
            Operator op = OperatorRegistry.Find(node.Op, opset);
            TensorType?[] types =
                [.. node.Inputs.Select(name => name == "" ? null : typeOf(name)
                ?? throw new GraphException($"input '{name}' is not computed before it."))];
            TensorData?[] constants = [.. node.Inputs.Select(name => name == "" ? null : constantOf(name))];
            CheckSchema(node, opset, types, null);
            TensorType[] results = op.Infer(new TypeScope(node, types, constants, body => GraphChecker.Check(body, typeOf, constantOf)));
            CheckSchema(node, opset, types, results);
            return node.Outputs.Skip(results.Length).All(name => name == "")
                ? results
                : throw new GraphException($"it names {node.Outputs.Count} outputs, of which {results.Length} are supported.");
        }
        catch (GraphException error)
        {
            throw new GraphException($"node '{node.Name}' ({node.Op}): {error.Message}");
        }
        catch (Exception error) when (IsMalformed(error))
        {
            throw new GraphException($"node '{node.Name}' ({node.Op}): inputs or attributes are malformed "
                + $"({error.Message.ReplaceLineEndings(" ")}).");
        }
    }

    // ONNX's own rules of types, numbers of inputs and attributes; first for the inputs, so that an operator's shape rule may trust them.
    static void CheckSchema(Node node, int opset, TensorType?[] types, TensorType[]? results) =>
        OperatorSchemas.Find(node.Op, opset)?.Check(node, types,
            [.. (results ?? []).Zip(node.Outputs, (type, name) => name == "" ? null : type)]);

    /// <summary>Operators index into what a stranger's file gave; whether they tripped over that.</summary>
    public static bool IsMalformed(Exception error) => error is IndexOutOfRangeException or ArgumentException or OverflowException
        or DivideByZeroException or InvalidCastException or InvalidOperationException or KeyNotFoundException
        || error is AggregateException { InnerException: Exception inner } && IsMalformed(inner);
}
