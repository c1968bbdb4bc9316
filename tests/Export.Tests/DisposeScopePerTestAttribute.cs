using System.Reflection;
using Toolchain.Export.Tests;
using TorchSharp;
using Xunit.v3;

[assembly: DisposeScopePerTest]

namespace Toolchain.Export.Tests;

/// <summary>
/// Holds the tensors of each test until it ends: without a scope the collector may free a temporary while libtorch works on it.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class DisposeScopePerTestAttribute : BeforeAfterTestAttribute
{
    [ThreadStatic]
    static DisposeScope? scope;

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => scope = torch.NewDisposeScope();

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test) => scope?.Dispose();
}
