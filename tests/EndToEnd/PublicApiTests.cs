using System.Globalization;
using System.Xml.Linq;
using Mono.Cecil;

namespace Toolchain.EndToEnd;

/// <summary>
/// The public surface of each package, and of Train, is an approved text, so that changing it shows; <c>make tables</c>
/// renews the texts.
/// </summary>
public sealed class PublicApiTests
{
    // The registry, what it lists, and the options that a method is asked for by name: Cli sees the rest as a part of the same tool.
    [Fact]
    public void PublicTypes_OfTrain_AreThoseOfItsRegistry()
    {
        using AssemblyDefinition assembly = NamespaceTests.Read("Train");
        Assert.Equal(["MethodOptions", "Method", "MethodRegistry"],
            assembly.MainModule.Types.Where(type => type.IsPublic).OrderBy(type => type.FullName, StringComparer.Ordinal)
                .Select(type => type.Name));
    }

    [Fact]
    public void Friends_OfEveryProject_AreTestsAndBenchmarks_AndCliOfTrain()
    {
        string[] friends = [.. Directory.GetFiles(Checkout.In("src"), "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => XDocument.Load(project).Descendants("InternalsVisibleTo")
                .Select(friend => $"{Path.GetFileNameWithoutExtension(project)} -> {friend.Attribute("Include")!.Value}"))];
        Assert.Contains("Train -> Toolchain.Train.Tests", friends);
        Assert.Equal(["Train -> Toolchain.Cli"], friends.Where(friend => !friend.EndsWith(".Tests", StringComparison.Ordinal)
            && !friend.EndsWith(".Bench", StringComparison.Ordinal) && !friend.EndsWith(".EndToEnd", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Clustering")]
    [InlineData("Data")]
    [InlineData("Export")]
    [InlineData("Export.OnnxRuntime")]
    [InlineData("Graph")]
    [InlineData("Inference")]
    [InlineData("Inference.Extensions.AI")]
    [InlineData("Train")]
    public void PublicApi_OfALibrary_IsTheApprovedOne(string project)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture; // of constants
        using var assembly = AssemblyDefinition.ReadAssembly(
            Checkout.In("artifacts", "bin", project, "release", $"Toolchain.{project}.dll"));
        string[] place = ["tests", "EndToEnd", "Api", $"{project}.txt"];
        string found = PublicApi.Of(assembly.MainModule), approved = Checkout.In(place);
        if (!File.Exists(approved) || File.ReadAllText(approved) != found)
        {
            string renewed = Checkout.In(["artifacts", "pages", .. place]);
            Directory.CreateDirectory(Path.GetDirectoryName(renewed)!);
            File.WriteAllText(renewed, found);
        }
        Assert.True(File.Exists(approved), $"'{approved}': expected the approved surface, found none; run 'make tables'.");
        Assert.Equal(File.ReadAllText(approved), found);
    }
}
