using System.Reflection;
using System.Text;
using Toolchain.Inference;

namespace Toolchain.Deploy.Bundles;

/// <summary>The scripts of a bundle's <c>check</c> folder; each stands once, in this project's Scripts folder.</summary>
static class CheckScripts
{
    static readonly string[] names =
    [
        "check.cs", "check_node.cjs", "check_onnxruntime.py", "check_opencv.py", "check_reference.py", "check_web.html", "checking.mjs",
        "checking.py", "reading.mjs", "reading.py",
    ];

    /// <summary>Content by path in the bundle.</summary>
    public static IEnumerable<KeyValuePair<string, byte[]>> All() =>
        names.Select(name => KeyValuePair.Create($"{BundleLayout.Checks}/{name}", Encoding.UTF8.GetBytes(Text(name))));

    static string Text(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The script '{name}' is not in the program."));
        return reader.ReadToEnd().ReplaceLineEndings("\n")
            .Replace("ONNXRUNTIME_VERSION", RuntimeInfo.ManagedVersion, StringComparison.Ordinal);
    }
}
