using System.IO.Compression;
using System.Xml.Linq;

namespace Toolchain.EndToEnd;

/// <summary>What every package has; tests/Package restores them in projects of strangers.</summary>
public sealed class PackageTests
{
    /// <summary>Projects that are packages.</summary>
    public static TheoryData<string> Packages => [.. Directory.GetFiles(Checkout.In("src"), "*.csproj", SearchOption.AllDirectories)
        .Where(project => File.ReadAllText(project).Contains("build/Package.props", StringComparison.Ordinal))
        .Select(project => Path.GetFileNameWithoutExtension(project)!)];

    [Theory]
    [MemberData(nameof(Packages))]
    public void Package_Project_HasReadmeTagsAndDescription(string room)
    {
        var project = XDocument.Load(Checkout.In("src", room, $"{room}.csproj"));
        Assert.All(["Description", "PackageTags"], name => Assert.NotEmpty(project.Descendants(name).Single().Value));
        Assert.NotEmpty(File.ReadAllText(Checkout.In("src", room, "README.md")));
    }

    // tests/Package/samples.sh runs the examples.
    [Theory]
    [InlineData("Clustering", "cluster")]
    [InlineData("Data", "read")]
    [InlineData("Export", "export")]
    [InlineData("Graph", "graph")]
    [InlineData("Inference", "embed")]
    [InlineData("Inference.Extensions.AI", "generator")]
    public void Readme_FirstExample_IsTheFileOfExamples(string room, string example)
    {
        string shown = File.ReadAllText(Checkout.In("src", room, "README.md")).Split("```csharp\n")[1].Split("```")[0];
        string[] lines = File.ReadAllLines(Checkout.In("examples", $"{example}.cs"));
        Assert.Equal(string.Join('\n', lines.Where(line => !line.StartsWith("#:", StringComparison.Ordinal))).Trim(), shown.Trim());
        Assert.Contains(lines, line => line.StartsWith($"#:package Toolchain.{room}@", StringComparison.Ordinal));
    }

    [Fact]
    public void Pack_OfALibrary_HasAllThatAPackageNeeds()
    {
        using var folder = new TemporaryFolder();
        CommandResult packed = SystemProgram.Run("dotnet", "pack", Checkout.In("src", "Clustering"), "-c", "Release", "--no-build", "-o",
            folder.Root);
        Assert.True(packed.Status == 0, packed.Output);
        using ZipArchive package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.Root, "*.nupkg")));
        string[] names = [.. package.Entries.Select(entry => entry.FullName)];
        Assert.All(["README.md", "icon.png", "lib/net10.0/Toolchain.Clustering.dll", "lib/net10.0/Toolchain.Clustering.xml"],
            name => Assert.Contains(name, names));
        Assert.All(package.Entries, entry => Assert.Equal(new DateTime(1980, 1, 1), entry.LastWriteTime.DateTime));
        using Stream stream = package.GetEntry("Toolchain.Clustering.nuspec")!.Open();
        XElement metadata = XDocument.Load(stream).Root!.Elements().Single();
        string Of(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        Assert.Equal(("MIT", "icon.png", "README.md"), (Of("license"), Of("icon"), Of("readme")));
        Assert.DoesNotContain(metadata.Elements(), element => element.Name.LocalName == "repository"); // a commit: other bytes
        using ZipArchive symbols = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.Root, "*.snupkg")));
        Assert.Contains(symbols.Entries, entry => entry.FullName == "lib/net10.0/Toolchain.Clustering.pdb");
    }
}
