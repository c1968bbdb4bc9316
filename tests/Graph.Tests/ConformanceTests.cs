namespace Toolchain.Graph.Tests;

public sealed class ConformanceTests
{
    [Fact]
    public void Evaluator_OnOfficialVectors_PassesAllButTheListedOnes()
    {
        foreach (var r in Conformance.RunAll().Where(r => r.Reason is not null)) { Console.Error.WriteLine($"{r.Name} | {r.Operators} | {r.Reason}"); }
        Assert.Equal(0, Conformance.RunAll().Count(r => r.Reason is null));
    }
}
