using System.CommandLine;
using Toolchain.Commands;

namespace Toolchain.EndToEnd;

/// <summary>What a command writes for people.</summary>
public sealed class TerminalTests
{
    /// <summary>Training and test images of one source have the same remarks.</summary>
    [Fact]
    public void NoteOnce_TheSameLineAgain_IsSilent()
    {
        Command command = GlobalOptions.CreateRoot("");
        command.SetAction(parsed =>
        {
            var terminal = new Terminal(parsed);
            Array.ForEach(["fonts", "fonts", "sizes"], terminal.NoteOnce);
            terminal.Note("fonts");
        });
        var error = new StringWriter { NewLine = "\n" };
        Assert.Equal(0, command.Parse([]).Invoke(new InvocationConfiguration { Error = error }));
        Assert.Equal("fonts\nsizes\nfonts\n", error.ToString());
    }
}
