using System.Security.Cryptography;

namespace Toolchain.EndToEnd;

/// <summary>The same inputs give the same report, 20 times out of 20.</summary>
[Trait("Category", "Slow")]
public sealed class ReportBytesTests : CommandTest
{
    [Fact]
    public void Evaluate_TwentyTimesAtAnyThreadCount_WritesTheSameBytes()
    {
        string[] models =
        [
            Train("a", "kmeans", "--seed", "0", "--set", "restarts=1"), Train("b", "kmeans", "--seed", "1", "--set", "restarts=1"),
            Train("c", "autoencoder", "--set", "stepCount=20", "--set", "batchSize=32"),
        ];
        string[] first = [];
        for (int time = 0; time < 20; time++)
        {
            string report = Path.Combine(Folder, $"report-{time}"), threads = $"{time % 5}";
            Succeed(["evaluate", .. models, "--quiet", "--data", "strokes:1400", "--tsne", "200", "--threads", threads, "--out", report]);
            string[] digests =
                [.. new[] { "report.html", "report.md", "metrics.json" }.Select(name =>
                $"{name} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(report, name))))}")];
            first = time == 0 ? digests : first;
            Assert.Equal(first, digests);
        }
    }

    string Train(string name, params string[] arguments)
    {
        string run = Path.Combine(Folder, name);
        Succeed(["train", .. arguments, "--quiet", "--data", "strokes:1400", "--out", run]);
        return Path.Combine(run, "model.onnx");
    }

    static void Succeed(string[] arguments)
    {
        (int status, _, string error) = Run(arguments);
        Assert.True(status == 0, error);
    }
}
