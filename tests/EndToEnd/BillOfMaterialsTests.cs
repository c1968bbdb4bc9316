using System.Text.Json.Nodes;

namespace Toolchain.EndToEnd;

/// <summary>The bill of materials of a release, as build/release/sbom.cs writes it from lock files.</summary>
public sealed class BillOfMaterialsTests
{
    [Fact]
    public void Bill_OfTheToolPackage_ListsWhatItsLockFileHas()
    {
        using var folder = new TemporaryFolder();
        string locked = Checkout.In("src", "Cli.Tool", "packages.lock.json");
        CommandResult written = SystemProgram.Run(new System.Diagnostics.ProcessStartInfo("dotnet",
            ["run", "build/release/sbom.cs", "--", "1.2.3", folder["bom.json"], locked])
        { WorkingDirectory = Checkout.Root });
        Assert.True(written.Status == 0, written.Output + written.Error);
        JsonNode bill = JsonNode.Parse(File.ReadAllText(folder["bom.json"]))!;
        string[] components = [.. bill["components"]!.AsArray().Select(component => (string)component!["bom-ref"]!)];

        string[] packages = [.. JsonNode.Parse(File.ReadAllText(locked))!["dependencies"]!.AsObject()
            .SelectMany(framework => framework.Value!.AsObject()).Where(entry => (string?)entry.Value!["type"] != "Project")
            .Select(entry => $"{entry.Key}@{entry.Value!["resolved"]}").Distinct()];
        Assert.Contains(packages, name => name.StartsWith("Microsoft.ML.OnnxRuntime@", StringComparison.Ordinal));
        Assert.Empty(packages.Except(components, StringComparer.OrdinalIgnoreCase));
        Assert.Contains("Toolchain.Commands.Plots@1.2.3", components);
        Assert.All(bill["components"]!.AsArray(), component => Assert.NotEmpty(component!["licenses"]!.AsArray()));

        JsonArray dependencies = bill["dependencies"]!.AsArray();
        Assert.Equal(components.Append("uvl@1.2.3").Order(StringComparer.Ordinal),
            dependencies.Select(entry => (string)entry!["ref"]!).Order(StringComparer.Ordinal));
        Assert.Empty(dependencies.SelectMany(entry => entry!["dependsOn"]!.AsArray()).Select(name => (string)name!).Except(components));
        Assert.Contains("Microsoft.ML.OnnxRuntime.Managed@", string.Join(' ', dependencies
            .Single(entry => ((string)entry!["ref"]!).StartsWith("Microsoft.ML.OnnxRuntime@", StringComparison.Ordinal))!["dependsOn"]!
            .AsArray().Select(name => (string)name!)), StringComparison.Ordinal);
    }
}
