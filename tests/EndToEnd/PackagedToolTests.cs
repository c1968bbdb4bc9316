using System.CommandLine;
using Toolchain.Cli.Commands;
using Toolchain.Commands.Plots.Verbs;

namespace Toolchain.EndToEnd;

/// <summary>The tool of the package <c>uvl</c>; tests/Package/tool.sh installs it.</summary>
public sealed class PackagedToolTests
{
    static readonly string[] ofClone = ["train", "sweep", "views", "export"];

    [Theory]
    [InlineData("train", "moco", "--data", "mnist")]
    [InlineData("sweep")]
    [InlineData("views", "moco")]
    [InlineData("export", "runs/mine")]
    public void Run_CommandThatNeedsLibtorch_TellsHowToGetIt(params string[] arguments)
    {
        var error = new StringWriter();
        Assert.Equal(2, PackagedTool.Refuse(arguments, error));
        Assert.Equal($"uvl: '{arguments[0]}' needs libtorch (600 MB), which this package leaves out; clone the repository, run "
            + $"'make build' there (.NET 10 SDK), then './uvl {arguments[0]} ...'.{Environment.NewLine}", error.ToString());
    }

    [Theory]
    [InlineData("train", "--help")]
    [InlineData("embed", "train")]
    [InlineData("export", "model.onnx", "--from-picture", "--out", "digits.onnx")]
    [InlineData("--version")]
    [InlineData]
    public void Run_AnythingElse_IsNotRefused(params string[] arguments)
    {
        var error = new StringWriter();
        Assert.Null(PackagedTool.Refuse(arguments, error));
        Assert.Equal("", error.ToString());
    }

    [Fact]
    public void Export_FromPicture_NeedsNoLibtorch()
    {
        using var folder = new TemporaryFolder();
        var (output, error) = (new StringWriter(), new StringWriter());
        string[] command = ["export", Checkout.In("models", "refined"), "--from-picture", "--out", folder["digits.onnx"]];
        Assert.True(PackagedTool.Create().Run(command, output, error) == 0, error.ToString());
        Assert.EndsWith($"model: {folder["digits.onnx"]}{Environment.NewLine}", output.ToString(), StringComparison.Ordinal);
        Assert.True(File.Exists(folder["digits.onnx"]));
    }

    [Fact]
    public void Help_NamesTheCommandsOfTheFullTool()
    {
        var output = new StringWriter();
        Assert.Equal(0, PackagedTool.Create().Run(["--help"], output, TextWriter.Null));
        string[] listed = [.. output.ToString().Split("Commands:")[1].Split('\n').Select(line => line.Trim().Split(' ', ',')[0])
            .Where(word => word != "")];
        Assert.Equal([.. UvlCommand.CreateRoot().Subcommands.Select(command => command.Name).Order()], listed.Order());
        Assert.Equal(ofClone.Order(), listed.Except(ToolCommands.Create().Select(command => command.Name)).Order());
    }
}
