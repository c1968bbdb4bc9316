namespace Toolchain.Graph.Operators;

/// <summary>Errors of an operator, with the name of the node that it stands in.</summary>
static class NodeErrors
{
    /// <summary>What <paramref name="run"/> returns.</summary>
    /// <exception cref="GraphException">It failed; the message names the node.</exception>
    public static T Named<T>(Node node, Func<T> run)
    {
        try
        {
            return run();
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

    // Operators index into what a stranger's file gave; whether they tripped over that.
    static bool IsMalformed(Exception error) => error is IndexOutOfRangeException or ArgumentException or OverflowException
        or DivideByZeroException or InvalidCastException or InvalidOperationException or KeyNotFoundException
        || error is AggregateException { InnerException: Exception inner } && IsMalformed(inner);
}
