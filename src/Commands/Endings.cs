namespace Toolchain.Commands;

/// <summary>File extensions that choose the format of an output.</summary>
public static class Endings
{
    /// <summary>Checks a target before work is put into it.</summary>
    /// <exception cref="ArgumentException">It ends otherwise.</exception>
    public static void Require(string output, params string[] endings)
    {
        if (!endings.Contains(Path.GetExtension(output), StringComparer.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"--out '{output}': expected {(endings.Length > 1 ? "one of " : "")}{string.Join(", ", endings)}.");
        }
        OutputPath.RequireFile(output);
    }
}
