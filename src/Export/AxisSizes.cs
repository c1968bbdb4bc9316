namespace Toolchain.Export;

/// <summary>Sizes of a named axis for tracing and proving.</summary>
/// <remarks>
/// An axis that always comes first is a batch and takes small sizes, all above 1, which broadcasting treats apart. Any other starts at the
/// example's size and grows by steps, so that the module accepts it; the second size is more than twice the first, so that no stride or pool of a
/// net that takes the first can hide the difference.
/// </remarks>
sealed class AxisSizes
{
    static readonly int[] batch = [2, 5, 3, 8];

    // Enough for proofs to differ, few enough to stay small.
    const int ProofCount = 7;

    readonly bool isBatch;
    readonly int[] traced, proofs;

    /// <param name="name">Its name, for the error.</param>
    /// <param name="places">Where it occurs: the number of the axis in an input, and the example's size there.</param>
    /// <param name="step">Distance of sizes that the module accepts.</param>
    /// <exception cref="ExportException">The step is below 1, or the examples have different sizes.</exception>
    public AxisSizes(string name, IReadOnlyList<(int Axis, long Size)> places, int step)
    {
        isBatch = places.All(place => place.Axis == 0);
        if (step < 1)
        {
            throw new ExportException($"the step of axis '{name}' must be at least 1, was {step}.");
        }
        if (!isBatch && places.Any(place => place.Size != places[0].Size))
        {
            throw new ExportException($"axis '{name}' has the sizes {string.Join(", ", places.Select(place => place.Size))} in the examples; expected one.");
        }
        // A size of 1 broadcasts.
        int smallest = Math.Max((int)places[0].Size, 2), steps = (smallest + step - 1) / step;
        // Of each remainder by 4 one, in steps: halves and quarters are told from their neighbours.
        int[] growth = [0, steps / 4 * 4 + 5, steps / 8 * 4 + 2, steps / 8 * 4 + 7];
        traced = isBatch ? batch : [.. growth.Select(more => smallest + more * step)];
        proofs = [.. Enumerable.Range(1, ProofCount + growth.Length).Except(growth).Take(ProofCount).Select(more => smallest + more * step)];
    }

    /// <summary>
    /// Four sizes for tracing. A batch of 5 in the second trace tells halves from constants; 3 takes less memory, and leaves that to the proof of batch 1.
    /// </summary>
    public IReadOnlyList<int> Traced(bool isFrugal) => isBatch && isFrugal ? [.. batch.Order()] : traced;

    /// <summary>The size in proof number <paramref name="size"/>, never a traced one; axis number <paramref name="axis"/> goes its own way.</summary>
    public int Proof(int size, int axis) => isBatch ? size : proofs[(size + 3 * axis) % ProofCount];
}
