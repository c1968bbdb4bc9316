using Toolchain.Graph;

namespace Toolchain.Export.Parity;

/// <summary>Compares the outputs of a runtime with those of the module. A pure function: names, then shapes, then values.</summary>
static class OutputComparison
{
    /// <summary>One line for each miss, and the largest errors of each output.</summary>
    public sealed record Result(IReadOnlyList<string> Misses, IReadOnlyList<OutputError> Errors);

    /// <param name="runtime">Name of the runtime, for the report.</param>
    /// <param name="size">Batch size, for the report.</param>
    /// <param name="expected">The module's outputs by name.</param>
    /// <param name="found">The runtime's outputs by name.</param>
    /// <param name="absolute">Largest absolute difference allowed.</param>
    /// <param name="relative">What is allowed beside it, as a fraction of the expected value.</param>
    public static Result Compare(
        string runtime, int size, IReadOnlyDictionary<string, TensorData> expected, IReadOnlyDictionary<string, TensorData> found, double absolute, double relative)
    {
        var misses = new List<string>();
        var errors = new List<OutputError>();
        foreach (string name in found.Keys.Except(expected.Keys).Order(StringComparer.Ordinal))
        {
            misses.Add($"{runtime}, batch {size}: output '{name}' is not expected");
        }
        foreach ((string name, TensorData wanted) in expected.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!found.TryGetValue(name, out TensorData? given))
            {
                misses.Add($"{runtime}, batch {size}: output '{name}' is missing");
            }
            else if (!wanted.Sizes.SequenceEqual(given.Sizes))
            {
                misses.Add($"{runtime}, batch {size}: output '{name}' is [{string.Join(",", given.Sizes)}], expected [{string.Join(",", wanted.Sizes)}]");
            }
            else
            {
                OutputError error = ErrorMeasure.Of(runtime, size, name, wanted, given, absolute, relative, out int worst);
                errors.Add(error);
                if (worst >= 0)
                {
                    misses.Add(FormattableString.Invariant(
                        $"{runtime}, batch {size}: output '{name}' differs by {error.MaxAbsolute:g3} (element {worst}: {given.ToDoubles()[worst]:g9}, expected {wanted.ToDoubles()[worst]:g9}); allowed are {absolute:g3} + {relative:g3} of the value"));
                }
            }
        }
        return new Result(misses, errors);
    }
}
