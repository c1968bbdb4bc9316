using System.Reflection;

namespace Toolchain.Commands;

/// <summary>The version of this program.</summary>
public static class ProgramVersion
{
    /// <summary>Such as "0.1.0".</summary>
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
