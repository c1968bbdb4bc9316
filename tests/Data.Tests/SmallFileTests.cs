using Toolchain.Data.Images;
using Toolchain.Data.Reading;
using Toolchain.Data.Sources;

namespace Toolchain.Data.Tests;

/// <summary>The short way to a file, against the simple way.</summary>
public sealed class SmallFileTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public void Read_AnySize_GivesTheFile(int size)
    {
        using var folder = new TemporaryFolder();
        byte[] content = new byte[size], bytes = new byte[4096];
        new Random(size).NextBytes(content);
        folder.Write("größe.png", content);
        Assert.Equal(OperatingSystem.IsLinux() ? Math.Min(size, bytes.Length) : -1, SmallFile.Read(folder["größe.png"], bytes));
        Assert.Equal(content, new ImageBuffer().ReadFile(folder["größe.png"]).ToArray());
    }

    [Fact]
    public void Read_WhatIsNoFileOrHasTooLongAName_IsLeftToTheUsualWay()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(-1, SmallFile.Read(folder["none.png"], new byte[9]));
        Assert.Equal(-1, SmallFile.Read(folder.Root, new byte[9]));
        string deep = Path.Combine([folder.Root, .. Enumerable.Repeat(new string('x', 200), 3)]);
        Directory.CreateDirectory(deep);
        File.WriteAllBytes(Path.Combine(deep, "a.png"), [1, 2]);
        Assert.Equal(-1, SmallFile.Read(Path.Combine(deep, "a.png"), new byte[9]));
        Assert.Equal(new byte[] { 1, 2 }, new ImageBuffer().ReadFile(Path.Combine(deep, "a.png")).ToArray());
    }

    // Opening a named pipe without a writer waits for one, and no signal ends that.
    [Fact]
    public async Task Read_NamedPipeWithoutAWriter_IsAnEmptyFile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "named pipes are made with mkfifo");
        using var folder = new TemporaryFolder();
        Assert.Equal(0, SystemProgram.Run("mkfifo", folder["a.png"]).Status);
        Exception? thrown = await Task.Run(() => Record.Exception(() => ImageSource.Open(folder.Root, Split.All)))
            .WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Contains("found an empty file", Assert.IsType<InvalidDataException>(thrown).Message, StringComparison.Ordinal);
    }
}
