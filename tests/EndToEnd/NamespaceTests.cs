using System.Text.RegularExpressions;
using Mono.Cecil;

namespace Toolchain.EndToEnd;

/// <summary>Namespaces are folders and know each other in one direction only, in every project listed.</summary>
public sealed partial class NamespaceTests
{
    static readonly string[] layered =
        ["Clustering", "Data", "Evaluate", "Export.OnnxRuntime", "Export.Weaver", "Inference", "Commands", "Cli", "Cli.Light", "Train"];

    /// <summary>The projects.</summary>
    public static TheoryData<string> Projects => new(layered.Concat(["Export", "Graph"]));

    /// <summary>Those all of whose namespaces know each other in one direction only.</summary>
    public static TheoryData<string> Layered => new(layered);

    [Theory]
    [MemberData(nameof(Layered))]
    public void Namespaces_OfAProject_HaveNoCycle(string project)
    {
        using AssemblyDefinition assembly = Read(project);
        Assert.Empty(NamespaceGraph.Of(assembly.MainModule).Cycles());
    }

    // The root of these packages is what their users hold, and every part works on it: a model, a tensor, options. What users call stands
    // there too and leads back into the parts, such as OnnxModel.Load into Reading: root and parts know each other through these types
    // alone, all of them public (docs/decisions/0004-layout.md).
    [Theory]
    [InlineData("Graph", "Evaluator", "GraphBuilder", "GraphChecker", "OnnxModel")]
    [InlineData("Export", "NativeCall", "OnnxExport", "TracedModel")]
    public void Namespaces_BelowTheRoot_HaveNoCycle(string project, params string[] doors)
    {
        using AssemblyDefinition assembly = Read(project);
        string root = $"Toolchain.{project}";
        Assert.Empty(NamespaceGraph.Of(assembly.MainModule, root).Cycles());
        Assert.Equal(doors, NamespaceGraph.TypesThatUse(assembly.MainModule, root, $"{root}."));
        Assert.All(doors, door => Assert.True(assembly.MainModule.GetType(root, door).IsPublic, door));
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
