using Toolchain.Cli.Commands;
using Toolchain.Train.Runs;

namespace Toolchain.EndToEnd;

public sealed class MethodHelpTests
{
    [Fact]
    public void Train_Help_HasALineForEachMethodAndNoOptionsOfTheirs()
    {
        string help = Help("train", "--help");
        Assert.All(MethodRegistry.All, method =>
            Assert.Contains($"  {method.Name,-12} {method.Summary}\n", help, StringComparison.Ordinal));
        Assert.DoesNotContain("clusterCount", help, StringComparison.Ordinal);
        Assert.Contains("--set <key=value> ", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_HelpOfAMethod_ListsItsOptionsWithDefaultsAndMeanings()
    {
        Assert.All(MethodRegistry.All, method =>
        {
            string[] lines = [.. Help("train", method.Name, "--help").Split('\n').SkipWhile(line => !line.StartsWith("Options of"))];
            Assert.Equal($"Options of {method.Name} for --set, with their defaults:", lines[0]);
            string[] keys = [.. OptionBinder.List(method.Defaults).Select(option => option.Key)];
            Assert.Equal(keys, lines.Skip(1).Take(keys.Length).Select(line => line.Trim().Split(' ')[0]));
        });
        Assert.Matches("  stepCount +2000 +Training steps\\.\n", Help("train", "refine", "--help"));
        Assert.Matches("  preset +fast +The recipe .* One of fast, official\\.\n", Help("train", "capsules", "--help"));
    }

    static string Help(params string[] words)
    {
        var output = new StringWriter { NewLine = "\n" };
        Assert.Equal(0, UvlCommand.Create().Run(words, output, TextWriter.Null));
        return output.ToString();
    }
}
