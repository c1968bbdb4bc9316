using System.CommandLine;
using System.CommandLine.Completions;

namespace Toolchain.Commands.Verbs;

/// <summary>
/// <c>uvl completion SHELL</c>: a script by which a shell completes what is typed, and the words that the script asks for.
/// </summary>
public static class CompletionCommand
{
    const string Bash = """
        _uvl() { local IFS=$'\n'; COMPREPLY=($(uvl completion --line "${COMP_LINE:0:COMP_POINT}")); }
        complete -o default -F _uvl uvl
        """;

    const string Fish = "complete -c uvl -a '(uvl completion --line (commandline -cp))'";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var shell = new Argument<string?>("SHELL") { Description = "bash, zsh or fish.", Arity = ArgumentArity.ZeroOrOne };
        shell.HelpName = "SHELL";
        shell.CompletionSources.Add("bash", "zsh", "fish");
        var line = new Option<string?>("--line")
        {
            Description = "The text typed so far, up to the cursor: print the possible next words, one per line."
        };
        var command = new Command("completion", "Print a script that completes commands and options in a shell.\n\n"
            + "Example: eval \"$(uvl completion bash)\"") { shell, line };
        command.SetAction(parsed =>
        {
            var terminal = new Terminal(parsed);
            terminal.Line(parsed.GetValue(line) is string typed ? string.Join("\n", Words(parsed.RootCommandResult.Command, typed))
                : parsed.GetValue(shell) switch
                {
                    "bash" => Bash,
                    "zsh" => $"autoload -Uz bashcompinit && bashcompinit\n{Bash}",
                    "fish" => Fish,
                    { } other => throw new ArgumentException($"no shell '{other}'; expected bash, zsh or fish."),
                    null => throw new ArgumentException("expected a shell, bash, zsh or fish; found none."),
                });
        });
        return command;
    }

    // The parser's own search finds words inside of others too, which a shell would not complete, and help's names of DOS.
    static IEnumerable<string> Words(Command root, string typed)
    {
        string word = typed[(typed.LastIndexOf(' ') + 1)..];
        IEnumerable<CompletionItem> found = root.Parse(typed).GetCompletions(typed.Length);
        string[] words = [.. found.Select(item => item.InsertText ?? item.Label)
            .Where(text => text.StartsWith(word, StringComparison.Ordinal) && !text.StartsWith('/')).Distinct()
            .Order(StringComparer.Ordinal)];
        // Options only where nothing else can stand, or where one was begun.
        string[] others = [.. words.Where(text => !text.StartsWith('-'))];
        return others.Length > 0 ? others : words;
    }
}
