using System.Runtime.Intrinsics;
using Toolchain.Train.Models.Capsules.Kernels;

namespace Toolchain.Train.Tests.Models.Capsules.Kernels;

public sealed class ExponentialTests
{
    [Fact]
    public void Of_WholeRange_IsWithinThreePartsInTenMillion()
    {
        for (float x = -87; x <= 88; x += 0.01f)
        {
            Assert.InRange(Exponential.Of(Vector256.Create(x))[3] / Math.Exp(x), 1 - 3e-7, 1 + 3e-7);
        }
    }

    [Fact]
    public void Of_Zero_IsOne() => Assert.Equal(1f, Exponential.Of(Vector256<float>.Zero)[0]);

    [Fact]
    public void Of_BeyondTheRange_StaysFinite()
    {
        Assert.Equal(Exponential.Of(Vector256.Create(-87f)), Exponential.Of(Vector256.Create(-1e9f)));
        Assert.True(float.IsFinite(Exponential.Of(Vector256.Create(1e9f))[0]));
    }

    [Fact]
    public void Of_NoNumber_IsNone() => Assert.True(float.IsNaN(Exponential.Of(Vector256.Create(float.NaN))[0]));
}
