using System.CommandLine;

namespace Toolchain.Commands;

/// <summary>A command whose help ends with what depends on its arguments, such as the options of a method.</summary>
/// <param name="name">Name of the command.</param>
/// <param name="description">What it does.</param>
/// <param name="details">The end of its help for a command line; null for none.</param>
public sealed class DetailedCommand(string name, string description, Func<ParseResult, string?> details) : Command(name, description)
{
    internal string? Details(ParseResult parsed) => details(parsed);
}
