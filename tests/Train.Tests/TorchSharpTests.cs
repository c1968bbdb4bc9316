using System.Runtime.CompilerServices;
using TorchSharp;

namespace Toolchain.Train.Tests;

/// <summary>What the build does to TorchSharp (src/Export.Weaver), seen from a program that uses it.</summary>
public sealed class TorchSharpTests
{
    [Fact]
    public void TorchSharp_Adds_OnThisMachine() =>
        Assert.Equal([4f, 6f], (torch.tensor([1f, 2f]) + torch.tensor([3f, 4f])).data<float>().ToArray());

    /// <summary>
    /// A number handed to a tensor operation becomes a native scalar whose owner nobody holds during the call: unless the weaver keeps it,
    /// a collection in another thread frees it under the native code (src/Export.Weaver/ScalarKeeper.cs).
    /// </summary>
    [Fact]
    public void ScalarArguments_AfterACollection_AreStillAlive()
    {
        WeakReference latest = MakeScalar(0.5);
        Collect();
        Assert.True(latest.IsAlive);
    }

    [Fact]
    public void ScalarArguments_LongPast_AreFreed()
    {
        WeakReference early = MakeScalar(0.5);
        for (int i = 0; i < 300; i++)
        {
            MakeScalar(i);
        }
        Collect();
        Assert.False(early.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference MakeScalar(double value) => new((Scalar)value);

    static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
