using System.Diagnostics;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;

namespace Toolchain.Graph.Tests;

/// <summary>Damaged files are refused in words or read to a consistent model: no crash, no hang, no memory beyond bounds.</summary>
public sealed class OnnxFuzzTests
{
    // Far below the 512 MB that are allowed, since all that is allocated counts here, not only what lives at once.
    const long MostBytes = 256L << 20, MostSeconds = 2;

    // Small enough to run in no time on the evaluator.
    const long MostElements = 100_000;

    [Fact]
    public void Read_ThousandMutants_AreRefusedOrConsistent() => Fuzz(seed: 1, count: 1_500);

    [Theory, Trait("Category", "Slow")]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Read_TwentyThousandMutants_AreRefusedOrConsistent(int seed) => Fuzz(seed, count: 6_000);

    [Fact, Trait("Category", "Torture")]
    public void Read_TwentyThousandMutantsOfOneSeed_AreRefusedOrConsistent()
    {
        const int count = 20_000;
        Fuzz(seed: 6, count);
        if (Environment.GetEnvironmentVariable("UVL_TORTURE_TABLE") is string table)
        {
            File.AppendAllText(table, $"| mutants, in process | ONNX | {count} | 0 |\n");
        }
    }

    static void Fuzz(int seed, int count)
    {
        IReadOnlyList<byte[]> seeds = [.. FuzzSeeds.All.Select(model => model.ToBytes())];
        Assert.All(seeds, bytes => Assert.True(Read(bytes), "an undamaged seed must be read"));
        var mutations = new Mutations(new Random(seed), seeds);
        int read = 0;
        for (int number = 0; number < count; number++)
        {
            byte[] mutant = mutations.Next();
            (long before, long start) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
            bool whole = false;
            Exception? thrown = Record.Exception(() => whole = Read(mutant));
            Exception? inspected = Record.Exception(() => Inspection.ModelInspection.Of(mutant, folder: null));
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Assert.True(thrown is null or InvalidDataException or GraphException, $"seed {seed}, mutant {number}: {thrown}");
            Assert.True(inspected is null or InvalidDataException or GraphException, $"seed {seed}, mutant {number}: {inspected}");
            Assert.True(thrown is null || (thrown.Message.Length is > 20 and < 10_000
                && !thrown.Message.Contains('\n', StringComparison.Ordinal)), $"seed {seed}, mutant {number}: message '{thrown?.Message}'");
            Assert.True(bytes < MostBytes && seconds < MostSeconds, $"seed {seed}, mutant {number}: {bytes >> 20} MB in {seconds:f1} s");
            read += whole ? 1 : 0;
        }
        // Damage to texts and weights is harmless; most other damage is not.
        Assert.InRange((double)read / count, 0.02, 0.6);
    }

    static bool Read(byte[] bytes)
    {
        OnnxModel model = OnnxFile.FromBytes(bytes);
        IReadOnlyDictionary<string, TensorType> types = GraphChecker.Check(model);
        byte[] again = model.ToBytes();
        Assert.Equal(again, OnnxFile.FromBytes(again).ToBytes());
        // What uvl verify runs, with smaller limits.
        if (Inspection.FlopCount.PerRow(model, types) < MostElements && Inspection.FlopCount.Elements(types) < MostElements)
        {
            _ = Evaluator.Run(model, model.Inputs.ToDictionary(input => input.Name, input => Zeros(input.Type)));
        }
        return true;
    }

    static TensorData Zeros(TensorType type)
    {
        long[] sizes = [.. type.Shape.Select(dim => dim.Size ?? 1)];
        return TensorData.FromDoubles(new double[sizes.Aggregate(1L, (product, size) => product * size)], sizes, type.Element);
    }
}
