using System.Runtime.InteropServices;
using Toolchain.Export.Recording;
using Toolchain.Export.Tracing;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

/// <summary>Looks at the arguments of native calls before they crash.</summary>
public sealed class NativeGuardTests
{
    // Without a dispose scope nothing holds a temporary once its handle is taken: whoever looks at it again may find it freed.
    [Fact]
    public void Guard_WithoutADisposeScope_LooksAtNothing()
    {
        _ = OnnxExport.Trace(new Fn(x => x.matmul(x.t())), rand(2, 3));
        var check = (Action<string, object?[], object?>)typeof(torch).Assembly.GetType("TorchSharp.PInvoke.CallRecorder")!
            .GetField("Guard")!.GetValue(null)!;
        using Tensor matrix = rand(2, 3), number = rand(1).squeeze();
        object?[] arguments = [matrix.Handle, number.Handle];
        // That of the test belongs to its thread.
        Exception? thrown = null;
        var other = new Thread(() => thrown = Record.Exception(() => check("THSTensor_matmul", arguments, null)));
        other.Start();
        other.Join();
        Assert.Null(thrown);
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal("both arguments to matmul need to be at least 1D, but they are 2D and 0D",
            Assert.Throws<ExternalException>(() => check("THSTensor_matmul", arguments, null)).Message);
    }

    // meshgrid puts its results into the array that held its arguments; whoever looks there after the call finds what came later.
    [Fact]
    public void Elements_OfAnArrayThatResultsReplaced_AreThoseBeforeTheCall()
    {
        NativeGuard.Set();
        var check = (Action<string, object?[], object?>)typeof(torch).Assembly.GetType("TorchSharp.PInvoke.CallRecorder")!
            .GetField("Guard")!.GetValue(null)!;
        nint[] passed = [11, 12], later = [21, 22];
        var allocator = new Allocator { Array = passed };
        GCHandle place = GCHandle.Alloc(later, GCHandleType.Pinned);
        object?[] arguments = [place.AddrOfPinnedObject(), 2L, "ij", (Action)allocator.Allocate];
        NativeEntry meshgrid = NativeEntry.Of("THSTensor_meshgrid");

        check(meshgrid.Name, arguments, null);
        allocator.Allocate();

        Assert.Equal([11L, 12L], NativeArguments.Elements(meshgrid, arguments, 0));
        place.Free();
    }

    sealed class Allocator
    {
        public required nint[] Array { get; set; }

        public void Allocate() => Array = [31, 32];
    }
}
