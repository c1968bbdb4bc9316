using System.Diagnostics;

namespace Toolchain.EndToEnd.Torture;

/// <summary>
/// Every verb that writes, killed at random times: nothing is lost, and the same command ends with the same bytes. UVL_KILL_COUNT sets the
/// kills in all (200).
/// </summary>
public sealed class KillTests(ITestOutputHelper output, TortureSource source) : CommandTest
{
    [Fact]
    public void Kill_AFewTimes_EndsWithTheSameBytes() => Run(2);

    [Fact, Trait("Category", "Torture")]
    public void Kill_ManyTimes_EndsWithTheSameBytes() => Run(TortureTable.Number("UVL_KILL_COUNT", 200));

    void Run(int kills)
    {
        IReadOnlyList<TortureVerb> verbs = TortureVerb.All(source);
        var random = new Random(3);
        int perVerb = (kills + verbs.Count - 1) / verbs.Count;
        foreach (TortureVerb verb in kills < verbs.Count ? verbs.Where((_, i) => i % (verbs.Count / kills) == 0).Take(kills) : verbs)
        {
            string straight = Directory.CreateDirectory(In($"{verb.Name} straight")).FullName;
            var clock = Stopwatch.StartNew();
            (int status, _, string error) = Uvl.Run(verb.Arguments(straight));
            Assert.True(status == 0, $"{verb.Name}: {error}");
            double seconds = clock.Elapsed.TotalSeconds;
            byte[][] wanted = verb.Read(straight);
            double[] moments = [.. Enumerable.Range(0, perVerb).Select(_ => random.NextDouble() * seconds)];
            Parallel.For(0, perVerb, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, kill =>
                Try(verb, wanted, kill, moments[kill], $"{verb.Name}, seed 3, kill {kill} after {moments[kill]:f3} s"));
            TortureTable.Add(output, "kill -9, then the same command", verb.Name, perVerb, 0);
        }
    }

    void Try(TortureVerb verb, byte[][] wanted, int kill, double after, string what)
    {
        string place = Directory.CreateDirectory(In($"killed {kill}")).FullName;
        using (Uvl uvl = Uvl.Start(verb.Arguments(place)))
        {
            Thread.Sleep(TimeSpan.FromSeconds(after));
            uvl.Signal("KILL");
            _ = uvl.Wait();
        }
        string[] again = verb.Again(place);
        (int status, _, string error) = Uvl.Run(again);
        // Training whose folder was made, and nothing in it, takes it again; one that had ended needs nothing.
        bool done = status == 0 || (verb.IsTraining && status == 2 && File.Exists(Path.Combine(place, "run", "manifest.json")));
        Assert.True(done, $"{what}: 'uvl {string.Join(' ', again)}' ended with {status}: {error}");
        byte[][] found = verb.Read(place);
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.True(wanted[i].AsSpan().SequenceEqual(found[i]), $"{what}: '{verb.Results[i]}' has other bytes");
        }
        Directory.Delete(place, recursive: true);
    }
}
