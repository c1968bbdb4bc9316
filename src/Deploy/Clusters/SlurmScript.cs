using Toolchain.Data;

namespace Toolchain.Deploy.Clusters;

/// <summary>The scripts of deploy/slurm, with options for sbatch and with settings.</summary>
static class SlurmScript
{
    /// <summary>The script.</summary>
    /// <param name="name">Its name in deploy/slurm.</param>
    /// <param name="options">Options for sbatch, as it takes them on the command line.</param>
    /// <param name="setting">Variables of the shell that are set.</param>
    /// <param name="words">What takes the place of the script's arguments.</param>
    public static string Of(string name, IReadOnlyList<string> options, string setting, IReadOnlyList<string> words)
    {
        using Stream stream = typeof(SlurmScript).Assembly.GetManifestResourceStream($"slurm/{name}")!;
        string text = new StreamReader(stream).ReadToEnd();
        string[] lines = [$"cd {Printable.Word(Environment.CurrentDirectory)} || exit", setting.TrimEnd(), $"set -- {Shell(words)}"];
        const string last = "#SBATCH --open-mode=append\n", mark = "# settings\n";
        return text.Replace(last, last + string.Concat(options.Select(option => $"#SBATCH {Quoted(option)}\n")), StringComparison.Ordinal)
            .Replace(mark, string.Join('\n', lines) + "\n", StringComparison.Ordinal);
    }

    /// <summary>Words as the shell takes them.</summary>
    public static string Shell(IEnumerable<string> words) => string.Join(' ', words.Select(Printable.Word));

    // As sbatch parts the words of such a line.
    static string Quoted(string option) => !option.Contains(' ', StringComparison.Ordinal) ? option
        : option.Split('=', 2) is [string name, string value] ? $"{name}=\"{value}\"" : option;
}
