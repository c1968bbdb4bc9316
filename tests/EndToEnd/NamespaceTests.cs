using System.Text.RegularExpressions;
using Mono.Cecil;

namespace Toolchain.EndToEnd;

/// <summary>Namespaces are folders and know each other in one direction only, in every project listed.</summary>
public sealed partial class NamespaceTests
{
    /// <summary>The projects.</summary>
    public static TheoryData<string> Projects { get; } =
    [
        "Clustering", "Data", "Graph", "Export", "Export.OnnxRuntime", "Export.Weaver", "Train", "Inference",
        "Inference.Extensions.AI", "Evaluate", "Commands", "Deploy", "Commands.Plots", "Cli", "Cli.Light", "Cli.Tool",
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespaces_OfAProject_HaveNoCycle(string project)
    {
        using AssemblyDefinition assembly = Read(project);
        Assert.Empty(NamespaceGraph.Of(assembly.MainModule).Cycles());
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespace_OfEverySource_IsItsFolder(string project)
    {
        string root = Path.Combine(Checkout.Root, "src", project);
        Assert.All(LayoutTests.SourceFiles().Where(path => path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)),
            path =>
            {
                string folder = Path.GetRelativePath(root, Path.GetDirectoryName(path)!);
                string expected = folder == "." ? $"Toolchain.{project}"
                    : $"Toolchain.{project}.{folder.Replace(Path.DirectorySeparatorChar, '.')}";
                foreach (Match found in Declaration().Matches(File.ReadAllText(path)))
                {
                    Assert.Equal(expected, found.Groups[1].Value);
                }
            });
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Types_OfAProject_AreNotNamedLikeTheirNamespace(string project)
    {
        using AssemblyDefinition assembly = Read(project);
        Assert.DoesNotContain(assembly.MainModule.Types, type => type.Name == type.Namespace.Split('.')[^1]);
    }

    internal static AssemblyDefinition Read(string project) => AssemblyDefinition.ReadAssembly(
        Path.Combine(Checkout.Root, "artifacts", "bin", project, "release", $"Toolchain.{project}.dll"));

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
