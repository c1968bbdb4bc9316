using System.Globalization;
using Toolchain.Graph;
using Toolchain.Graph.Inspection;

namespace Toolchain.Export.Parity;

/// <summary>Compares the outputs of a runtime with those of the module. A pure function: names, then shapes, then values.</summary>
static class OutputComparison
{
    /// <summary>One line for each miss, and the largest errors of each output.</summary>
    public sealed record Result(IReadOnlyList<string> Misses, IReadOnlyList<OutputError> Errors);

    /// <param name="runtime">Name of the runtime, for the report.</param>
    /// <param name="point">The sizes, for the report.</param>
    /// <param name="expected">The module's outputs by name.</param>
    /// <param name="found">The runtime's outputs by name.</param>
    /// <param name="tolerance">What is allowed.</param>
    public static Result Compare(
        string runtime, ProofPoint point, IReadOnlyDictionary<string, TensorData> expected,
        IReadOnlyDictionary<string, TensorData> found, Tolerance tolerance)
    {
        var misses = new List<string>();
        var errors = new List<OutputError>();
        foreach (string name in found.Keys.Except(expected.Keys).Order(StringComparer.Ordinal))
        {
            misses.Add($"{runtime}, {point.Text}: output '{name}' is not expected");
        }
        foreach ((string name, TensorData wanted) in expected.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!found.TryGetValue(name, out TensorData? given))
            {
                misses.Add($"{runtime}, {point.Text}: output '{name}' is missing");
            }
            else if (TensorDifference.Of(wanted, given) is not TensorDifference difference)
            {
                misses.Add($"{runtime}, {point.Text}: output '{name}' is [{string.Join(",", given.Sizes)}], expected "
                    + $"[{string.Join(",", wanted.Sizes)}]");
            }
            else
            {
                errors.Add(ErrorMeasure.Of(runtime, point, name, difference, wanted.Type));
                int worst = tolerance.WorstOf(name, difference);
                if (worst >= 0)
                {
                    misses.Add(string.Create(CultureInfo.InvariantCulture,
                        $"{runtime}, {point.Text}: output '{name}' differs by {difference.Largest:g3} (element {worst}: "
                            + $"{difference.Found[worst]:g9}, expected {difference.Expected[worst]:g9}); allowed are {tolerance}"));
                }
            }
        }
        return new Result(misses, errors);
    }
}
