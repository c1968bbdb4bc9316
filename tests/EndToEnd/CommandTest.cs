using Toolchain.Cli.Commands;

namespace Toolchain.EndToEnd;

/// <summary>A test of commands inside this process, with a folder of its own.</summary>
public abstract class CommandTest : IDisposable
{
    readonly TemporaryFolder temporary = new();

    /// <summary>The folder.</summary>
    protected string Folder => temporary.Root;

    /// <summary>Deletes the folder.</summary>
    public virtual void Dispose()
    {
        temporary.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A path in the folder.</summary>
    protected string In(string name) => temporary[name];

    /// <summary>Runs a command line: exit status, standard output and standard error.</summary>
    protected static CommandResult Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        int status = UvlCommand.Create().Run(arguments, output, error);
        return new(status, output.ToString(), error.ToString());
    }
}
