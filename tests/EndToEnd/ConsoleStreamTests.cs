using System.Diagnostics;
using Toolchain.Commands;

namespace Toolchain.EndToEnd;

/// <summary>A console that cannot be written to does not end the work.</summary>
public sealed class ConsoleStreamTests : CommandTest
{
    [Theory]
    [InlineData(">/dev/full", 75)] // what programs read from it is lost
    [InlineData("2>/dev/full", 0)]
    [InlineData(">/dev/full 2>/dev/full", 75)]
    [InlineData("2>&-", 0)]
    [InlineData(">&-", 0)]
    [InlineData("<&- >&- 2>&-", 0)]
    public void Train_IntoAStreamThatTakesNothing_WritesItsFiles(string redirections, int expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "has /dev/full");
        string run = Path.Combine(Folder, "run");
        using var shell =
            Process.Start("sh", ["-c", $"{Path.Combine(Checkout.Root, "uvl")} train kmeans --data strokes:50 --out {run} "
            + $"{redirections}"]);
        shell.WaitForExit();
        Assert.Equal(expected, shell.ExitCode);
        Assert.True(File.Exists(Path.Combine(run, "manifest.json")));
    }

    [Fact]
    public void Write_FailingStream_KeepsTheFirstReason()
    {
        var writer = new LastingWriter(() => new StreamWriter(new Full()) { AutoFlush = true });
        writer.WriteLine("a");
        writer.Write('b');
        Assert.Equal("full", writer.Failure);
    }

    sealed class Full : MemoryStream
    {
        int count;

        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException(count++ == 0 ? "full" : "again");

        public override void Write(byte[] buffer, int offset, int length) => Write(buffer.AsSpan(offset, length));
    }
}
