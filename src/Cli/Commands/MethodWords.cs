using System.CommandLine;
using System.CommandLine.Completions;
using Toolchain.Train.Runs;

namespace Toolchain.Cli.Commands;

/// <summary>The words that can stand for a method and for its options, as a shell completes them.</summary>
static class MethodWords
{
    /// <summary>Completes METHOD by the methods that can stand there, and KEY= by the options of the one that does.</summary>
    public static void Complete(Argument<string> method, Func<Method, bool> isMeant, params ReadOnlySpan<Option<string[]>> options)
    {
        // Without it, help lists all words that can stand there.
        method.HelpName = "METHOD";
        method.CompletionSources.Add(_ => MethodRegistry.All.Where(isMeant).Select(known => new CompletionItem(known.Name)));
        foreach (Option<string[]> option in options)
        {
            option.HelpName ??= "key=value";
            option.CompletionSources.Add(context =>
                OptionBinder.List((MethodRegistry.All.FirstOrDefault(known => known.Name == context.ParseResult.GetValue(method))
                    ?? MethodRegistry.All.First(isMeant)).Defaults).Select(pair => new CompletionItem($"{pair.Key}=")));
        }
    }
}
