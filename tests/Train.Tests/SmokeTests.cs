using TorchSharp;

namespace Toolchain.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void TorchSharp_Adds_OnThisMachine() =>
        Assert.Equal([4f, 6f], (torch.tensor([1f, 2f]) + torch.tensor([3f, 4f])).data<float>().ToArray());
}
