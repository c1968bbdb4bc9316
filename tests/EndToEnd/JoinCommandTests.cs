using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Toolchain.Data.Embeddings;
using Toolchain.Graph;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary><c>uvl join</c>, and clusters of what it makes.</summary>
public sealed class JoinCommandTests : CommandTest
{
    static readonly string moco = Checkout.In("models", "moco"), capsules = Checkout.In("models", "capsules-fast");

    [Fact]
    public void Joint_HasTheEmbeddingsSideBySide()
    {
        Ok("join", moco, capsules, "--out", In("joint.onnx"));
        float[] joint = Embed(In("joint.onnx"), 96), first = Embed(moco, 64), second = Embed(capsules, 32);
        for (int row = 0; row < 20; row++)
        {
            RequireAlike(first.AsSpan(row * 64, 64), joint.AsSpan(row * 96, 64));
            RequireAlike(second.AsSpan(row * 32, 32), joint.AsSpan(row * 96 + 64, 32));
        }
        IReadOnlyDictionary<string, string> metadata = OnnxFile.Load(In("joint.onnx")).Metadata;
        Assert.Equal(("joint", "mnist train"), (metadata["uvl.method"], metadata["uvl.dataset"]));
        Assert.False(metadata.ContainsKey("uvl.options"));
        JsonArray joined = JsonNode.Parse(metadata["uvl.joined"])!.AsArray();
        Assert.Equal(["moco", "capsules"], joined.Select(each => (string)each!["method"]!));
        Assert.Equal(Digest(Checkout.Model("moco")), (string)joined[0]!["sha256"]!);
    }

    [Fact]
    public void Clusters_AndManifestsGoAlong()
    {
        Ok("join", moco, capsules, "--manifest", "--out", In("joint/model.onnx"));
        Ok("cluster", In("joint"), "--data", "strokes:300", "--method", "spectral", "--k", "10", "--map", "--manifest", "--out",
            In("fused/model.onnx"));
        Ok("cluster", In("fused"), "--data", "strokes:200:9", "--out", In("clusters.csv"));
        int right = File.ReadLines(In("clusters.csv")).Skip(1).Select(line => line.Split(',')).Count(row => row[1] == row[3]);
        Assert.InRange(right, 120, 200); // a tenth by chance
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(In("fused/manifest.json")))!;
        Assert.Equal(["moco", "capsules"], manifest["source"]!.AsArray().Select(each => (string)each!["method"]!));
        Assert.Equal(Digest(In("fused/model.onnx")), (string)manifest["model_sha256"]!);
        Assert.Equal("spectral", OnnxFile.Load(In("fused/model.onnx")).Metadata["uvl.clusterer"]);
        // The manifest has the digest of the model there, so another model may not take its place without one.
        Assert.Contains("expected a name that is not in", Fails(2, "join", moco, capsules, "--out", In("joint/model.onnx")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_AreNamed()
    {
        Assert.Equal($"MODEL: expected two or more encoders, found '{Checkout.Model("moco")}' alone.",
            Fails(2, "join", moco, "--out", In("j.onnx")));
        OnnxModel model = OnnxFile.Load(Checkout.Model("moco"));
        model.WithMetadata(new Dictionary<string, string>(model.Metadata) { ["uvl.preprocess"] = """{"fit":"crop"}""" })
            .Save(In("crop.onnx"));
        Assert.Equal($"'{In("crop.onnx")}': expected pictures read as '{Checkout.Model("moco")}' reads them (as digits), found "
            + """{"fit":"crop"} (metadata 'uvl.preprocess'); join encoders that read them alike.""",
            Fails(4, "join", moco, In("crop.onnx"), "--out", In("j.onnx")));
        Assert.Equal($"--manifest: expected manifest.json beside '{In("crop.onnx")}', found none; leave --manifest out.",
            Fails(2, "join", In("crop.onnx"), In("crop.onnx"), "--manifest", "--out", In("j/model.onnx")));
        Ok("join", moco, moco, "--manifest", "--out", In("pair/model.onnx"));
        File.Copy(In("crop.onnx"), In("pair/other.onnx"));
        Assert.Equal($"--manifest: expected the digest of '{In("pair/other.onnx")}' in the manifest.json beside it, found that of another "
            + "model; leave --manifest out.",
            Fails(2, "join", In("pair/other.onnx"), In("crop.onnx"), "--manifest", "--out", In("j/model.onnx")));
        Assert.Equal($"--out '{In("j.onnx")}': expected a file model.onnx with --manifest, found 'j.onnx'.",
            Fails(2, "join", moco, moco, "--manifest", "--out", In("j.onnx")));
        Assert.Equal($"--out '{In("j.txt")}': expected .onnx.", Fails(2, "join", moco, moco, "--out", In("j.txt")));
        Assert.Equal("--k '1': expected at least 2 and fewer than the 20 embeddings with --method spectral.",
            Fails(2, "cluster", moco, "--data", "strokes:20", "--split", "all", "--method", "spectral", "--k", "1", "--out", In("j.onnx")));
        Assert.Equal($"--out '{In("crop.onnx")}': writing it would replace '{In("crop.onnx")}', which is read; name another file.",
            Fails(2, "join", moco, In("crop.onnx"), "--out", In("crop.onnx")));
        Assert.False(File.Exists(In("j.onnx")));
    }

    static void Ok(params string[] words)
    {
        CommandResult result = Run([.. words, "--quiet"]);
        Assert.True(result.Status == 0, result.Error);
    }

    static string Fails(int status, params string[] words)
    {
        CommandResult result = Run([.. words, "--quiet"]);
        Assert.Equal(status, result.Status);
        Assert.StartsWith("uvl: ", result.Error, StringComparison.Ordinal);
        return result.Error[5..^1];
    }

    static string Digest(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    float[] Embed(string model, int width)
    {
        Ok("embed", model, "--data", "strokes:20", "--out", In("e.npy"));
        using EmbeddingTable table = EmbeddingFile.Read(In("e.npy"));
        Assert.Equal((20, width), (table.Count, table.Dimension));
        return table.Embeddings.ToArray();
    }

    // The same direction, at the length sqrt(D).
    static void RequireAlike(ReadOnlySpan<float> own, ReadOnlySpan<float> joint)
    {
        double length = Math.Sqrt(own.ToArray().Sum(value => (double)value * value));
        for (int i = 0; i < own.Length; i++)
        {
            Assert.Equal(own[i] / length * Math.Sqrt(own.Length), joint[i], 1e-4);
        }
    }
}
