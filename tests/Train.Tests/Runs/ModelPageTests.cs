using Toolchain.Train.Runs;

namespace Toolchain.Train.Tests.Runs;

public sealed class ModelPageTests
{
    public static TheoryData<string> Methods => [.. MethodRegistry.All.Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Methods))]
    public void RegisteredMethod_HasAPage(string name)
    {
        string page = Checkout.In("docs", "models", $"{name}.md");
        Assert.True(File.Exists(page), $"'{page}': expected the page of method {name}, found none; write it (CONTRIBUTING.md, adding a "
            + $"model).");
        Assert.StartsWith("# ", File.ReadAllText(page));
    }
}
