using System.CommandLine;
using System.CommandLine.Parsing;
using Toolchain.Data;

namespace Toolchain.Cli.Light;

/// <summary>
/// What is wrong with a command line, in one sentence: a misspelt command or option comes first, with the word that it may have meant.
/// </summary>
static class CommandLineErrors
{
    /// <summary>The sentence, or null where nothing is wrong.</summary>
    public static string? Of(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string[] options = [.. OptionsOf(parsed.CommandResult)];
        // An argument that takes any word takes a misspelt option, too.
        string? option = parsed.Tokens.Where(token => token.Type is TokenType.Argument or TokenType.Option).Select(token => token.Value)
            .FirstOrDefault(word => word is ['-', '-', _, ..] && !options.Contains(word.Split('=', ':')[0]) && !File.Exists(word));
        if (option is not null && !parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash))
        {
            return $"no option '{option}'{Meant(option, options)}";
        }
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [{ } word, ..] && !word.StartsWith('-'))
        {
            string[] commands = [.. command.Subcommands.Select(known => known.Name)];
            return $"no command '{word}'{Meant(word, commands)} Expected {string.Join(", ", commands)}.";
        }
        return parsed.Errors.Count == 0 ? null : Plain(parsed.Errors[0].Message);
    }

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

    static string Meant(string word, string[] known) => NearestWord.Of(word, known) is string meant ? $", did you mean '{meant}'?" : ".";

    // The parser names types as .NET does.
    static string Plain(string message) => message
        .Replace("as expected type 'System.Int32'", "as a whole number", StringComparison.Ordinal)
        .Replace("as expected type 'System.Double'", "as a number", StringComparison.Ordinal);
}
