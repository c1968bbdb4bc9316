using System.CommandLine;
using System.CommandLine.Parsing;
using Toolchain.Data;

namespace Toolchain.Commands;

/// <summary>
/// The first error of a command line, in one sentence: a misspelt command or option before all others, with a suggestion.
/// </summary>
static class CommandLineErrors
{
    /// <summary>The sentence, or null where nothing is wrong.</summary>
    public static string? Of(ParseResult parsed)
    {
        string[] options = [.. OptionsOf(parsed.CommandResult)];
        // The parser gives a misspelt option to an argument that takes any word.
        string? option = parsed.Tokens.Where(token => token.Type is TokenType.Argument or TokenType.Option).Select(token => token.Value)
            .FirstOrDefault(word => IsOption(word) && !options.Contains(word.Split('=', ':')[0]) && !Path.Exists(word));
        if (option is not null && !parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash))
        {
            return $"no option '{option}'{Meant(option, options)}";
        }
        return NotUtf8(parsed) ?? Unknown(parsed) ?? Empty(parsed.CommandResult) ?? Missing(parsed)
            ?? (parsed.Errors.Count == 0 ? null : Plain(parsed.Errors[0].Message));
    }

    // "-" is a stream, and "-1" a number.
    static bool IsOption(string word) => word is ['-', '-', _, ..] or ['-', >= 'A', ..];

    /// <summary>The sentence about an unknown command, the only error that help reports; null for none.</summary>
    public static string? Unknown(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (command.Subcommands.Count == 0 || command.Action is not null || parsed.UnmatchedTokens is not [{ } word, ..]
            || word.StartsWith('-'))
        {
            return null;
        }
        string[] commands = [.. command.Subcommands.Select(known => known.Name)];
        return $"no command '{word}'{Meant(word, commands)} Expected {string.Join(", ", commands)}.";
    }

    // .NET decodes invalid UTF-8 as U+FFFD: a file would be written under another name.
    static string? NotUtf8(ParseResult parsed) => parsed.Tokens.FirstOrDefault(token => token.Value.Contains('\uFFFD')) is { } token
        ? $"'{token.Value}': expected UTF-8, found other bytes; rename the file." : null;

    // An empty text is no value of any option or argument.
    static string? Empty(CommandResult command) => command.Children.Where(child => child.Tokens.Any(token => token.Value == ""))
        .Select(child => $"{NameOf(child)} '': expected a value, found an empty text.").FirstOrDefault();

    static string? Missing(ParseResult parsed) => parsed.CommandResult.Command.Arguments
        .Where(argument => argument.Arity.MinimumNumberOfValues > 0
            && parsed.GetResult(argument) is not { Tokens.Count: > 0 })
        .Select(argument => $"expected {argument.HelpName ?? argument.Name}, found none.").FirstOrDefault();

    static string NameOf(SymbolResult result) => result switch
    {
        OptionResult option => option.Option.Name,
        ArgumentResult argument => argument.Argument.HelpName ?? argument.Argument.Name,
        _ => "command line",
    };

    static IEnumerable<string> OptionsOf(SymbolResult? result)
    {
        for (bool own = true; result is not null; result = result.Parent, own = false)
        {
            foreach (Option option in result is CommandResult { Command: var command } ? command.Options : [])
            {
                if (own || option.Recursive)
                {
                    yield return option.Name;
                    foreach (string alias in option.Aliases)
                    {
                        yield return alias;
                    }
                }
            }
        }
    }

    static string Meant(string word, string[] known) =>
        word.Length > 2 && NearestWord.Of(word, known) is string meant ? $", did you mean '{meant}'?" : ".";

    // The parser names types as .NET does.
    static string Plain(string message) => message
        .Replace("as expected type 'System.Int32'", "as a whole number up to 2,147,483,647", StringComparison.Ordinal)
        .Replace("as expected type 'System.UInt64'", "as a whole number of at least 0", StringComparison.Ordinal)
        .Replace("as expected type 'System.Double'", "as a number", StringComparison.Ordinal);
}
