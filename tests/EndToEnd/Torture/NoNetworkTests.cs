using System.Diagnostics;
using System.Text.Json;

namespace Toolchain.EndToEnd.Torture;

/// <summary>
/// Nothing leaves the machine: every verb in a network of its own, with a DNS listener. No name is looked up, and no file is made outside
/// the target and the cache.
/// </summary>
public sealed class NoNetworkTests(ITestOutputHelper output, TortureSource source) : CommandTest
{
    [Fact]
    public void EveryVerb_LooksNothingUpAndWritesNothingElsewhere()
    {
        string python = "/usr/bin/python3";
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists(python) && SystemProgram.Run("unshare", "-n", "-m", "true").Status == 0,
            "no Python here, or no right to a network of one's own");
        string model = source.Model, program = Path.Combine(AppContext.BaseDirectory, "Toolchain.Cli.dll");
        string[][] verbs =
        [
            ["embed", model, "--data", "strokes:100", "--out", In("out/x.npy")],
            ["cluster", model, "--data", "strokes:100", "--out", In("out/c.onnx")],
            ["evaluate", model, "--data", "strokes:200", "--tsne", "0", "--out", In("out/e")], ["probe", model, "--data", "strokes:100"],
            ["verify", model], ["bench", model],
            ["tsne", model, "--data", "strokes:700", "--iterations", "20", "--out", In("out/t.png")], ["doctor"],
            ["export", source.Run, "--out", In("out/m.onnx")], ["train", "kmeans", "--data", "strokes:100", "--out", In("out/k")],
            ["train", "autoencoder", "--data", "strokes:700", "--set", "stepCount=5", "--out", In("out/a")],
            ["sweep", "autoencoder", "--data", "strokes:700", "--grid", "stepCount=5", "--out", In("out/s")],
            ["views", "moco", "--data", "strokes:10", "--out", In("out/v.png")],
            ["data", "info", "--data", "strokes:10"], ["completion", "bash"], ["--help"],
        ];
        object[][] jobs =
            [.. verbs.Select((words, i) => new object[] { $"{i} {words[0]}", Directory.CreateDirectory(In($"home{i}")).FullName,
            (string[])["dotnet", program, .. words] })];
        var start =
            new ProcessStartInfo("unshare", ["-n", "-m", python, Path.Combine(AppContext.BaseDirectory, "Torture", "listen.py"), Folder])
            {
                WorkingDirectory = Directory.CreateDirectory(In("here")).FullName,
            };
        start.Environment.Remove("XDG_CACHE_HOME");
        (int status, string said, string error) = SystemProgram.Run(start, JsonSerializer.Serialize(jobs));
        Assert.True(status == 0, error);
        JsonElement found = JsonDocument.Parse(said).RootElement;
        Assert.Equal("control.example", found.GetProperty("control")[0].GetString()); // the listener hears what there is to hear
        foreach (JsonProperty verb in found.GetProperty("verbs").EnumerateObject())
        {
            Assert.True(verb.Value.GetProperty("lookups").GetArrayLength() == 0,
                $"{verb.Name} looked up {verb.Value.GetProperty("lookups")}");
            Assert.All(verb.Value.GetProperty("files").EnumerateArray(), file =>
                Assert.StartsWith(".cache/uvl/", file.GetString(), StringComparison.Ordinal));
            Assert.True(verb.Value.GetProperty("status").GetInt32() == 0, $"{verb.Name}: {verb.Value.GetProperty("error")}");
        }
        Assert.Empty(Directory.GetFileSystemEntries(In("here")));
        TortureTable.Add(output, "network of its own, DNS listener", "every verb", verbs.Length, 0);
    }
}
