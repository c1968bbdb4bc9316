using System.Diagnostics;

namespace Toolchain.EndToEnd.Torture;

/// <summary>
/// SIGTERM ends the tool within two seconds whatever it does, also in a read that never returns; so does Ctrl-C but in a training's step.
/// </summary>
public sealed class SignalTests(ITestOutputHelper output, TortureSource source) : CommandTest
{
    [Theory]
    [InlineData("TERM", "embed", "MODEL", "--data", "pipe", "--out", "x.npy")]
    [InlineData("INT", "embed", "MODEL", "--data", "pipe", "--out", "x.npy")]
    [InlineData("TERM", "train", "kmeans", "--data", "pipe", "--out", "run")]
    [InlineData("INT", "train", "kmeans", "--data", "pipe", "--out", "run")]
    [InlineData("TERM", "evaluate", "MODEL", "--data", "pipe", "--out", "e")]
    public void Signal_ReadOfAPipeWithoutWriter_EndsWith75(string signal, params string[] arguments)
    {
        Assert.Equal(0, SystemProgram.Run("mkfifo", In("pipe")).Status);
        string[] words = [.. arguments.Select(word => word == "MODEL" ? source.Model
            : word is "pipe" or "x.npy" or "run" or "e" ? In(word) : word)];
        using Uvl uvl = Uvl.Start(words);
        Thread.Sleep(1500);
        Stops(uvl, signal, string.Join(' ', words), 75);
    }

    [Fact, Trait("Category", "Torture")]
    public void Term_AnyVerbAtAnyTime_EndsWithinTwoSeconds()
    {
        var random = new Random(5);
        foreach (TortureVerb verb in TortureVerb.All(source))
        {
            const int times = 6;
            for (int i = 0; i < times; i++)
            {
                string place = Directory.CreateDirectory(In("place")).FullName;
                using (Uvl uvl = Uvl.Start(verb.Arguments(place)))
                {
                    Thread.Sleep(random.Next(200, 1500));
                    Stops(uvl, "TERM", verb.Name, 75, 0, 143);
                }
                Directory.Delete(place, recursive: true);
            }
            TortureTable.Add(output, "SIGTERM at a random time, two seconds", verb.Name, times, 0);
        }
    }

    // Before the program has set its own handler, the system's ends it: 143.
    static void Stops(Uvl uvl, string signal, string what, params int[] allowed)
    {
        var clock = Stopwatch.StartNew();
        uvl.Signal(signal);
        (int status, _, string error) = uvl.Wait();
        Assert.True(allowed.Contains(status), $"{what}: ended with {status}: {error}");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2.5), $"{what}: took {clock.Elapsed}");
    }
}
