namespace Toolchain.Export.Tests;

/// <summary>The README that the package ships: its first example is examples/export.cs, which tests/Package runs.</summary>
public sealed class ReadmeTests
{
    static string Read(params string[] path) => File.ReadAllText(Checkout.In(path));

    [Fact]
    public void FurtherExamples_AreThoseThatRun()
    {
        string[] examples = [.. Read("src", "Export", "README.md").Split("```csharp\n").Skip(2).Select(part => part.Split("```")[0])];
        string code = string.Join("\n", Read("tests", "Export.Tests", "ReadmeExamples.cs").Split('\n')
            .Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line));

        Assert.Equal(4, examples.Length);
        Assert.All(examples, example => Assert.Contains(example, code, StringComparison.Ordinal));
    }
}
