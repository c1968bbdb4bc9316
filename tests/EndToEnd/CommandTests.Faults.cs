using System.Text.Json;

namespace Toolchain.EndToEnd;

public sealed partial class CommandTests
{
    void Fails(int expected, string part, params string[] arguments)
    {
        (int status, _, string error) = Run(arguments);
        Assert.Equal(expected, status);
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'), line => line.StartsWith("uvl: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Json_EveryLine_IsAnObject()
    {
        (int status, string output, _) = Run("data", "info", "--json", "--data", "strokes:70");
        Assert.Equal(0, status);
        Assert.All(output.TrimEnd().Split('\n'), line =>
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
    }

    [Fact]
    public void BadInput_Arguments_EndWith2()
    {
        Fails(2, "no method 'mooc', did you mean 'moco'? Expected one of kmeans, gmm, autoencoder, infogan, moco, capsules", "train",
            "mooc", "--data", "strokes:700");
        Fails(2, "no option 'qeueLength'; did you mean 'queueLength'?", "train", "moco", "--data", "strokes:700", "--set", "qeueLength=4");
        Fails(2, "expected a whole number of at most 16777216, found 'many'", "train", "moco", "--data", "strokes:700", "--set",
            "stepCount=many");
        Fails(2, "--time 'soon': expected a number followed by s, m or h", "train", "kmeans", "--data", "strokes:700", "--out", In("t"),
            "--time", "soon");
        File.WriteAllText(In("taken"), "");
        Fails(2, "exists and is not empty; name another folder with --out", "train", "kmeans", "--data", "strokes:700", "--out", Folder);
        Fails(2, "expected MODEL, or --merge; found neither.", "embed", "--data", "strokes:70", "--out", In("x.npy"));
        Fails(2, "--shard '3/3': expected i/n", "embed", Train("autoencoder", "stepCount=1", "batchSize=16"), "--data", "strokes:70",
            "--shard", "3/3", "--out", In("x.npy"));
    }

    [Theory]
    [InlineData("embed", "--data", "strokes:70", "--out", "x.npy")]
    [InlineData("cluster", "--data", "strokes:70", "--k", "3", "--out", "fused.onnx")]
    [InlineData("evaluate", "--data", "strokes:700", "--tsne", "0", "--out", "report")]
    [InlineData("probe", "--data", "strokes:700")]
    [InlineData("verify")]
    [InlineData("tsne", "--data", "strokes:700", "--iterations", "5", "--out", "map.csv")]
    public void Model_Folder_MeansItsModel(string command, params string[] rest)
    {
        string run = Path.GetDirectoryName(Train("autoencoder", "stepCount=2", "batchSize=16"))!;
        string[] there = [.. rest.Select((text, i) => i > 0 && rest[i - 1] == "--out" ? In(text) : text)];
        (int status, _, string error) = Run([command, run, .. there]);
        Assert.True(status == 0, error);
        Fails(3, $"'{Path.Combine(Folder, "model.onnx")}': no such file; expected", [command, Folder, .. there]);
    }

    [Fact]
    public void Help_OfTheProgram_HasALineForEachCommand()
    {
        (int status, string output, _) = Run("--help");
        Assert.Equal(0, status);
        Assert.Contains("\nUsage:\n  uvl [command] [options]\n", output, StringComparison.Ordinal);
        string[] commands = [.. output[output.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Skip(1)
            .Where(line => line.Length > 0)];
        Assert.All(commands, line => Assert.Matches("^  [a-z]+(, [a-z]+)?( <[A-Z]+>)? +[A-Z].*\\.$", line));
        Assert.Contains(commands, line => line.StartsWith("  train <METHOD> ", StringComparison.Ordinal));
    }

    [Fact]
    public void Help_OfACommand_HasItsExamples()
    {
        (int status, string output, _) = Run("embed", "-h");
        Assert.Equal(0, status);
        Assert.Contains("Examples: uvl embed ", output, StringComparison.Ordinal);
        Assert.Contains("\nUsage:\n  uvl embed ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void BadInput_Command_NamesThoseThereAre()
    {
        Fails(2, "no command 'embde', did you mean 'embed'? Expected train, sweep, ", "embde", "x");
        Fails(2, "uvl: Option '--out' is required. See 'uvl data strokes --help'.", "data", "strokes");
        Fails(2, "no command 'strokse', did you mean 'strokes'? Expected fetch, info, strokes. See 'uvl data --help'.", "data", "strokse");
    }

    [Fact]
    public void BadInput_Data_EndsWith3()
    {
        string empty = Directory.CreateDirectory(In("empty")).FullName;
        Fails(3, "'nowhere.npy': no such file or folder", "train", "kmeans", "--data", "nowhere.npy");
        Fails(3, empty, "train", "kmeans", "--data", empty);
        File.WriteAllBytes(In("cut.idx"), [0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2]);
        Fails(3, "cut.idx", "train", "kmeans", "--data", In("cut.idx"));
    }

    [Fact]
    public void BadInput_Model_EndsWith4()
    {
        File.WriteAllText(In("text.onnx"), "no model at all");
        Fails(4, "expected an ONNX model", "embed", In("text.onnx"), "--data", "strokes:70", "--out", In("x.npy"));
        Assert.False(File.Exists(In("x.npy")));
    }

    [Fact]
    public void Diverged_EndsWith5_AndLeavesNoModel()
    {
        Fails(5, "became", "train", "autoencoder", "--quiet", "--data", "strokes:700", "--out", In("wild"), "--set", "learningRate=1e30",
            "--set", "stepCount=50", "--set", "batchSize=16");
        Assert.False(File.Exists(In("wild/model.onnx")));
    }
}
