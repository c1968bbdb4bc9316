using System.CommandLine;
using System.CommandLine.Completions;

namespace Toolchain.Commands;

/// <summary>
/// An option that takes one of a few words: the names of an enumeration, in lower case. Left out, it is the first, or null.
/// </summary>
/// <typeparam name="T">The enumeration, or a nullable one where leaving it out has a meaning of its own.</typeparam>
public sealed class Choice<T> : Option<T>
{
    /// <summary>Makes the option.</summary>
    public Choice(string name)
        : base(name) => Words.Require(this, typeof(T));
}

// Not generic: code for each enumeration would cost the light tool kilobytes.
static class Words
{
    public static void Require(Option option, Type type)
    {
        string[] known = Enum.GetNames(Nullable.GetUnderlyingType(type) ?? type);
        for (int i = 0; i < known.Length; i++)
        {
            known[i] = known[i].ToLowerInvariant();
        }
        option.HelpName = string.Join('|', known);
        option.CompletionSources.Clear();
        option.CompletionSources.Add(_ => Array.ConvertAll(known, word => new CompletionItem(word)));
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: string given }] && Array.IndexOf(known, given.ToLowerInvariant()) < 0)
            {
                result.AddError($"{option.Name} '{given}': expected one of {string.Join(", ", known)}.");
            }
        });
    }
}
