
namespace Toolchain.EndToEnd;

/// <summary>What a newcomer types, and what comes back.</summary>
public sealed class CommandLineTests : CommandTest
{
    [Theory]
    [InlineData("trian moco", "uvl: no command 'trian', did you mean 'train'? Expected train, ")]
    [InlineData("data ftech", "uvl: no command 'ftech', did you mean 'fetch'? Expected fetch, info, strokes. See 'uvl data --help'.\n")]
    [InlineData("embed --hlep", "uvl: no option '--hlep', did you mean '--help'? See 'uvl embed --help'.\n")]
    [InlineData("evaluate --dta x", "uvl: no option '--dta', did you mean '--data'? See 'uvl evaluate --help'.\n")]
    [InlineData("bench --dvice cpu", "uvl: no option '--dvice', did you mean '--device'? See 'uvl bench --help'.\n")]
    [InlineData("embed m.onnx --out x.npy --nonsense", "uvl: no option '--nonsense'. See 'uvl embed --help'.\n")]
    [InlineData("train mocoo", "uvl: no method 'mocoo', did you mean 'moco'? Expected one of ")]
    [InlineData("cluster m.onnx --k x --out a.onnx", "uvl: Cannot parse argument 'x' for option '--k' as a whole number up to "
        + "2,147,483,647.")]
    [InlineData("train moco --data strokes:50 --set learningRate=Infinity",
        "uvl: --set 'learningRate=Infinity': expected a finite number with a decimal point, found 'Infinity'.\n")]
    [InlineData("train moco --data strokes:50 --set temperature=1e-30", "uvl: 'temperature' must be in [0.001..100], was 1E-30.\n")]
    [InlineData("train moco --data strokes:50 --set learningrat=1", "uvl: --set 'learningrat=1': no option 'learningrat'; did you mean "
        + "'learningRate'? There are ")]
    public void Run_WrongWords_EndWith2AndWhatWasMeant(string line, string expected)
    {
        (int status, string output, string error) = Run(line.Split(' '));
        Assert.Equal((2, ""), (status, output));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "train")]
    [InlineData("plot", "generator")]
    [InlineData("data", "strokes")]
    public void Run_GroupAlone_PrintsItsHelp(string line, string part)
    {
        (int status, string output, string error) = Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((0, ""), (status, error));
        Assert.Contains("Commands:", output, StringComparison.Ordinal);
        Assert.Contains(part, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WordThatStartsWithAt_IsAFile() =>
        Assert.Contains("'@x.png': no such file or folder", Run("train", "kmeans", "--quiet", "--data", "@x.png").Error,
        StringComparison.Ordinal);

    [Fact]
    public void Run_ErrorOfAnArgument_NamesNoParameterOfTheCode()
    {
        (int status, _, string error) = Run("embed", "m.onnx", "--out", "x.xlsx");
        Assert.Equal(2, status);
        Assert.DoesNotContain("(Parameter", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("uvl train ", "moco")]
    [InlineData("uvl train moco --set ", "temperature=")]
    [InlineData("uvl train kmeans --set clu", "clusterCount=")]
    [InlineData("uvl embed --d", "--data")]
    public void Completion_Line_OffersWhatCanStandThere(string typed, string word)
    {
        string[] words = Run("completion", "--line", typed).Output.TrimEnd().Split('\n');
        Assert.Contains(word, words);
        Assert.True(typed.EndsWith("--d", StringComparison.Ordinal) || words.All(found => !found.StartsWith('-')), string.Join(' ', words));
    }

    [Fact]
    public void Doctor_Json_IsJsonAlone()
    {
        (_, string output, string error) = Run("doctor", "--json");
        Assert.Equal("", error);
        Assert.All(output.TrimEnd().Split('\n'), line => Assert.StartsWith("{\"event\":\"finding\"", line, StringComparison.Ordinal));
    }
}
