using System.Reflection;
using Toolchain.Tests.Torch;
using TorchSharp;
using Xunit.v3;

[assembly: DisposeScopePerTest]

namespace Toolchain.Tests.Torch;

/// <summary>
/// Holds the tensors of each test until it ends, as the training loop does for each step. Without a scope the collector may free a
/// temporary while libtorch works on it.
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
