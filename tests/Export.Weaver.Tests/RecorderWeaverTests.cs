using System.Reflection;
using System.Runtime.Loader;

namespace Toolchain.Export.Weaver.Tests;

public sealed class RecorderWeaverTests
{
    static readonly string self = typeof(RecorderWeaverTests).Assembly.Location;

    static byte[] Weave(string path, out RecorderWeaver.Result result)
    {
        using var stream = new MemoryStream();
        result = RecorderWeaver.Weave(path, stream);
        return stream.ToArray();
    }

    /// <summary>A woven copy of this assembly: calls of its TorchSharp in small, and what its recorder heard.</summary>
    sealed class WovenCopy
    {
        readonly Assembly assembly;

        public WovenCopy()
        {
            var context = new AssemblyLoadContext("woven", isCollectible: true);
            assembly = context.LoadFromStream(new MemoryStream(Weave(self, out _)));
        }

        public List<(string Entry, object?[] Arguments, object? Result)> Heard { get; } = [];

        public void Listen(bool on) => assembly.GetType("TorchSharp.PInvoke.CallRecorder", throwOnError: true)!.GetField("Current")!
            .SetValue(null, on ? new Action<string, object?[], object?>((entry, arguments, result) => Heard.Add((entry, arguments, result)))
            : null);

        public IReadOnlyDictionary<nint, object?[]> Constructed =>
            (IReadOnlyDictionary<nint, object?[]>)assembly.GetType("TorchSharp.PInvoke.CallRecorder",
            throwOnError: true)!.GetField("Constructed")!.GetValue(null)!;

        public object? Call(string method, params object[] arguments) =>
            assembly.GetType("TorchSharp.Miniature", throwOnError: true)!.GetMethod(method)!.Invoke(null, arguments);
    }

    [Fact]
    public void Weave_TorchSharp_CoversEveryEntryAndCaller()
    {
        _ = Weave(PackageFiles.TorchSharp, out RecorderWeaver.Result result);

        // Of TorchSharp 0.107.0: all 1,125 extern methods but one for checksums, and each instruction that names one of them.
        Assert.Equal(new RecorderWeaver.Result(1124, 1262, null), result);
    }

    [Fact]
    public void Weave_Twice_GivesSameBytes() => Assert.Equal(Weave(PackageFiles.TorchSharp, out _), Weave(PackageFiles.TorchSharp, out _));

    [Fact]
    public void Woven_WithRecorder_HandsOverEntryArgumentsAndResult()
    {
        var copy = new WovenCopy();
        copy.Listen(true);

        Assert.Equal(7, copy.Call("Abs", -7));
        Assert.Equal(8, copy.Call("AbsByDelegate", -8));
        copy.Call("Seed");

        Assert.Equal([("THSMini_abs", 7), ("THSMini_abs", 8), ("THSMini_seed", null)],
            copy.Heard.Select(call => (call.Entry, (int?)call.Result)));
        Assert.Equal([-7], copy.Heard[0].Arguments);
        Assert.Equal([5u], copy.Heard[2].Arguments);
    }

    [Fact]
    public void Woven_Constructors_KeepTheirArgumentsWithoutRecorder()
    {
        var copy = new WovenCopy();
        copy.Call("Construct");

        // The second got the handle of what the first had made, and replaced it under the same number: labs(77) = labs(-77).
        object?[] stack = copy.Constructed[77];
        Assert.Equal(6L, stack[1]);
        Assert.Equal([(nint)(-77), 4L], Assert.IsType<object?[]>(stack[0]));
    }

    [Fact]
    public void Woven_PointerAndOutArguments_AreReadableAfterTheCall()
    {
        var copy = new WovenCopy();
        copy.Listen(true);

        Assert.Equal(0xff * 10L + 2, copy.Call("Parse"));

        (string entry, object?[] arguments, object? result) = Assert.Single(copy.Heard);
        Assert.Equal(("THSMini_parse", 0xffL), (entry, result));
        Assert.Equal(2, (nint)arguments[1]! - (nint)arguments[0]!); // out argument minus pointer argument: two digits read
        Assert.Equal(16, arguments[2]);
    }

    [Fact]
    public void Woven_WithoutRecorderOrPrefix_HearsNothing()
    {
        var copy = new WovenCopy();

        Assert.Equal(7, copy.Call("Abs", -7));
        copy.Listen(true);
        Assert.Equal(9, copy.Call("OtherAbs", -9));
        copy.Listen(false);
        copy.Call("Seed");

        Assert.Empty(copy.Heard);
    }

    [Fact]
    public void Weave_WovenAssembly_IsRefused()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.dll");
        File.WriteAllBytes(path, Weave(self, out _));
        try
        {
            Assert.Equal($"'{path}' is woven already; weave the package's own file.",
                Assert.Throws<InvalidDataException>(() => Weave(path, out _)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Weave_OtherAssembly_IsRefused()
    {
        string path = typeof(RecorderWeaver).Assembly.Location;

        Assert.Equal($"'{path}' has no class 'TorchSharp.PInvoke.NativeMethods': is it a TorchSharp.dll?",
            Assert.Throws<InvalidDataException>(() => Weave(path, out _)).Message);
    }
}
