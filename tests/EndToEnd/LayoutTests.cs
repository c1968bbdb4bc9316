using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Toolchain.Data;

namespace Toolchain.EndToEnd;

/// <summary>The walls between the rooms (docs/decisions/0004-layout.md), read from what restore resolved.</summary>
public sealed partial class LayoutTests
{
    static readonly string root = Checkout.Root;

    [Theory]
    [InlineData("Data", "torchsharp libtorch onnxruntime google.protobuf")]
    [InlineData("Clustering", "torchsharp libtorch onnxruntime google.protobuf skiasharp")]
    [InlineData("Graph", "torchsharp libtorch onnxruntime")]
    [InlineData("Views", "torchsharp libtorch onnxruntime google.protobuf")]
    [InlineData("Export", "onnxruntime libtorch")]
    [InlineData("Export.OnnxRuntime", "libtorch")]
    [InlineData("Train", "onnxruntime libtorch")]
    [InlineData("Inference", "torchsharp libtorch google.protobuf")]
    [InlineData("Inference.Extensions.AI", "torchsharp libtorch google.protobuf")]
    [InlineData("Evaluate", "torchsharp libtorch")]
    [InlineData("Tuning", "torchsharp libtorch")]
    [InlineData("Commands", "torchsharp libtorch mono.cecil scottplot harfbuzz")]
    [InlineData("Deploy", "torchsharp libtorch mono.cecil scottplot harfbuzz")]
    [InlineData("Cli.Light", "torchsharp libtorch mono.cecil scottplot harfbuzz")]
    [InlineData("Commands.Plots", "torchsharp libtorch mono.cecil")]
    [InlineData("Cli.Tool", "torchsharp libtorch mono.cecil")]
    public void Room_Packages_HaveNoneThatIsForbidden(string room, string forbidden)
    {
        string[] names = Libraries(room);
        Assert.DoesNotContain(names, name => forbidden.Split(' ').Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)));
    }

    [Theory]
    [InlineData("Data", "")]
    [InlineData("Clustering", "")]
    [InlineData("Graph", "")]
    [InlineData("Export", "Graph")]
    [InlineData("Export.OnnxRuntime", "Export Graph")]
    [InlineData("Views", "Data")]
    [InlineData("Train", "Data Clustering Graph Export Views")]
    [InlineData("Inference", "Data")]
    [InlineData("Inference.Extensions.AI", "Clustering Data Inference")]
    [InlineData("Evaluate", "Data Clustering Graph Inference")]
    [InlineData("Tuning", "Data Clustering Graph Inference Evaluate Views")]
    [InlineData("Commands", "Data Clustering Graph Inference Evaluate Tuning")]
    [InlineData("Deploy", "Data Clustering Graph Inference Evaluate Commands")]
    [InlineData("Commands.Plots", "Data Clustering Graph Inference Evaluate Commands Deploy")]
    [InlineData("Cli", "Data Clustering Graph Export Views Train Inference Evaluate Tuning Commands Commands.Plots Deploy")]
    [InlineData("Cli.Light", "Commands")]
    [InlineData("Cli.Tool", "Commands.Plots")]
    public void Room_References_AreThoseOfTheDesign(string room, string allowed)
    {
        string project = File.ReadAllText(Path.Combine(root, "src", room, $"{room}.csproj"));
        string[] named =
            [.. project.Split("<ProjectReference Include=\"").Skip(1).Select(rest => Path.GetFileNameWithoutExtension(rest.Split('"')[0]))];
        Assert.Empty(named.Except(allowed.Split(' ')));
    }

    [Fact]
    public void Cli_LibTorch_IsOfThisPlatformAlone() =>
        Assert.Single(Libraries("Cli"), name => name.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void Source_Lines_AreAtMost140Characters() =>
        Assert.Empty(SourceFiles().SelectMany(path => File.ReadLines(path).Index()
            .Where(line => line.Item.Length > 140)
            .Select(line => $"{Path.GetRelativePath(root, path)}:{line.Index + 1}")));

    [Fact]
    public void Examples_HaveAtMost20LinesBesideUsings() =>
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(root, "examples"), "*.cs"), path => File.ReadLines(path)
            .Count(line => !Regex.IsMatch(line, @"^\s*$|^#:|^using [\w.]+;$")) > 20 || File.ReadLines(path).Any(line => line.Length > 140));

    [Fact]
    public void Source_Files_HaveAtMost250Lines() =>
        Assert.DoesNotContain(SourceFiles(), path => File.ReadLines(path).Count() > 250);

    [Fact]
    public void Source_ModelKeys_AreInTheirHomeAlone() =>
        Assert.DoesNotContain(SourcesBut("ModelKeys.cs"), path => ModelKey().IsMatch(File.ReadAllText(path)));

    // Export and Graph are packages of their own that know no run folder.
    [Fact]
    public void Source_FilesOfARun_AreInTheirHomeAlone()
    {
        string[] names = [.. typeof(RunLayout).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral).Select(field => $"\"{field.GetRawConstantValue()}\"")];
        Assert.Contains("\"config.json\"", names);
        Assert.Empty(from path in SourcesBut("RunLayout.cs")
                     where !Path.GetRelativePath(Path.Combine(root, "src"), path).StartsWith("Export", StringComparison.Ordinal)
                     from name in names
                     where File.ReadAllText(path).Contains(name, StringComparison.Ordinal)
                     select $"{Path.GetRelativePath(root, path)}: {name}");
    }

    [GeneratedRegex("\"uvl\\.[a-z]")]
    private static partial Regex ModelKey();

    static IEnumerable<string> SourcesBut(string home) => SourceFiles().Where(path =>
        path.StartsWith(Path.Combine(root, "src"), StringComparison.Ordinal) && Path.GetFileName(path) != home);

    // Generated sources, and what is built, are not written by hand.
    internal static IEnumerable<string> SourceFiles() => new[] { "src", "tests", "bench" }
        .SelectMany(folder => Directory.GetFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
        .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "Generated" or "obj" or "bin" or "node_modules"));

    [Fact]
    public void Solution_ListsEveryProject()
    {
        string solution = File.ReadAllText(Path.Combine(root, "Toolchain.sln"));
        string[] projects = [.. new[] { "src", "tests" }.SelectMany(folder => Directory.GetDirectories(Path.Combine(root, folder)))
            .SelectMany(folder => Directory.GetFiles(folder, "*.csproj"))];
        Assert.All(projects, project => Assert.Contains(Path.GetFileName(project), solution, StringComparison.Ordinal));
    }

    [Fact]
    public void CliLight_OutputFolder_HoldsNoLibtorch()
    {
        string folder = Path.Combine(root, "artifacts", "bin", "Cli.Light", "release");
        Assert.True(File.Exists(Path.Combine(folder, "Toolchain.Cli.Light.dll")));
        Assert.DoesNotContain(Directory.GetFiles(folder, "*", SearchOption.AllDirectories), file =>
            Path.GetFileName(file).Contains("torch", StringComparison.OrdinalIgnoreCase));
    }

    static string[] Libraries(string room)
    {
        using JsonDocument assets =
            JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "artifacts", "obj", room, "project.assets.json")));
        return [.. assets.RootElement.GetProperty("libraries").EnumerateObject().Select(library => library.Name)];
    }
}
