using Toolchain.Graph.Building;
using Toolchain.Graph.Operators;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// Einsum is linear in each operand: the gradient of one is the Einsum of d and all the others into its own letters. A letter that no other
/// has was summed: its gradient repeats along it. A letter that stands twice took a diagonal, on which alone its gradient lies.
/// </summary>
static class EinsumGradients
{
    public static IEnumerable<GradientRule> All => [new("Einsum", Einsum)];

    static IReadOnlyList<Value?> Einsum(GradientScope scope)
    {
        (string[] terms, string result) = EinsumOperator.Parse(scope.Attributes, scope.InputCount);
        return [.. terms.Select((_, operand) => scope.Wants(operand) ? Of(scope, terms, result, operand) : null)];
    }

    static Value Of(GradientScope scope, string[] terms, string result, int operand)
    {
        (GraphBuilder graph, Value x, string term) = (scope.Graph, scope[operand], terms[operand]);
        (string Letters, Value Value)[] factors = [(result, scope.Gradient), .. terms.Select((letters, i) => (letters, i))
            .Where(pair => pair.i != operand).Select(pair => (pair.letters, scope[pair.i].Value))];
        // An axis of size 1 was repeated along the others' and sums them up.
        string held = string.Concat(term.Distinct().Where(letter => x.Shape[term.IndexOf(letter, StringComparison.Ordinal)].Size != 1
            && factors.Any(factor => factor.Letters.Contains(letter, StringComparison.Ordinal))));
        Term sum = new(graph, Product(graph, factors, held));
        long[] missing = [.. Enumerable.Range(0, term.Length).Where(axis => !IsHeld(axis)).Select(axis => (long)axis)];
        sum = missing.Length == 0 ? sum : sum.Unsqueeze(missing);
        foreach (int axis in Enumerable.Range(0, term.Length).Where(axis => First(axis) != axis))
        {
            sum *= Diagonal(graph, x, First(axis), axis);
        }
        return missing.Length == 0 ? sum : graph.ExpandLike(sum, x);

        int First(int axis) => term.IndexOf(term[axis], StringComparison.Ordinal);
        bool IsHeld(int axis) => First(axis) == axis && held.Contains(term[axis], StringComparison.Ordinal);
    }

    // Factors without letters are numbers.
    static Value Product(GraphBuilder graph, (string Letters, Value Value)[] factors, string result)
    {
        (string Letters, Value Value)[] tensors = [.. factors.Where(factor => factor.Letters != "")];
        IEnumerable<Value> numbers = factors.Where(factor => factor.Letters == "").Select(factor => factor.Value);
        if (tensors.Length == 0)
        {
            return numbers.Aggregate(graph.Mul);
        }
        string equation = string.Join(",", tensors.Select(factor => factor.Letters)) + "->" + result;
        return numbers.Aggregate(equation == $"{result}->{result}" ? tensors[0].Value
            : graph.Apply("Einsum", [.. tensors.Select(factor => factor.Value)], new Attributes { ["equation"] = equation }), graph.Mul);
    }

    // 1 where two axes have the same place, of the rank of x.
    static Term Diagonal(GraphBuilder graph, Value x, int first, int second)
    {
        Term a = Along(first), b = Along(second);
        return a.Apply("Equal", b).Cast(x.Type.Element);

        Term Along(int axis)
        {
            long[] others = [.. Enumerable.Range(0, x.Shape.Count).Where(i => i != axis).Select(i => (long)i)];
            return new(graph, graph.Unsqueeze(graph.Positions(x, axis), others));
        }
    }
}
