using System.Globalization;
using System.Reflection;
using Toolchain.Cli.Help;
using Toolchain.Commands;

namespace Toolchain.EndToEnd.Docs;

/// <summary>The exit codes, from the constants of the program and their summaries.</summary>
static class ExitCodeTable
{
    public static string Write() => "| code | meaning |\n|---|---|\n" + string.Concat(
        typeof(ExitCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral)
            .OrderBy(field => (int)field.GetRawConstantValue()!)
            .Select(field => string.Create(CultureInfo.InvariantCulture,
                $"| {field.GetRawConstantValue()} | {XmlSummaries.Of(field)} |\n")));
}
