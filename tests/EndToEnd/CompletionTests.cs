using Toolchain.Cli.Commands;

namespace Toolchain.EndToEnd;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("uvl tr", "train")]
    [InlineData("uvl e", "embed evaluate export")]
    [InlineData("uvl train mo", "moco")]
    [InlineData("uvl train moco --se", "--seed --set")]
    [InlineData("uvl data ", "fetch info strokes")]
    [InlineData("uvl embed models/mo", "")]
    [InlineData("uvl completion ", "bash fish zsh")]
    [InlineData("uvl sweep ", "autoencoder capsules gmm infogan moco refine")]
    [InlineData("uvl views c", "capsules")]
    [InlineData("uvl sweep moco --grid temp", "temperature=")]
    [InlineData("uvl views moco --set augmentation.el", "augmentation.elastic=")]
    public void Line_WordsThatCanStandAtItsEnd(string typed, string words) => Assert.Equal((0, words, ""), Run("--line", typed));

    [Theory]
    [InlineData("bash", "complete -o default -F _uvl uvl")]
    [InlineData("zsh", "complete -o default -F _uvl uvl")]
    [InlineData("fish", "complete -c uvl -a '(uvl completion --line (commandline -cp))'")]
    public void Shell_IsGivenItsScript(string shell, string last)
    {
        (int status, string output, _) = Run(shell);
        Assert.Equal(0, status);
        Assert.EndsWith(last, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Shell_Unknown_IsOneLine() => Assert.Equal((2, "", "uvl: no shell 'tcsh'; expected bash, zsh or fish."), Run("tcsh"));

    static (int Status, string Words, string Error) Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        int status = UvlCommand.Create().Run(["completion", .. arguments], output, error);
        return (status, output.ToString().TrimEnd().Replace("\n", " ", StringComparison.Ordinal), error.ToString().TrimEnd());
    }
}
