namespace Toolchain.Data.Tests;

public sealed class AtomicFileTests
{
    [Fact]
    public void Write_NewFolder_IsMadeAndHoldsTheFileAlone()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["a/b/c.txt"], "ü");
        Assert.Equal(new byte[] { 0xC3, 0xBC }, File.ReadAllBytes(folder["a/b/c.txt"]));
        Assert.Single(Directory.GetFiles(folder["a/b"]));
    }

    [Fact]
    public void Write_ThatFailsHalfway_LeavesTheOldFileAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["c.txt"], "old");
        Assert.Throws<IOException>(() => AtomicFile.Write(folder["c.txt"], stream =>
        {
            stream.Write("new and longer"u8);
            throw new IOException("disk full");
        }));
        Assert.Equal("old", File.ReadAllText(folder["c.txt"]));
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void WriteAll_WhoseLastRenameFails_PutsTheOldFilesBack()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["a.txt"], "old");
        Directory.CreateDirectory(folder["c.txt"]); // no file can take its place
        Assert.ThrowsAny<Exception>(() =>
            AtomicFile.WriteTexts((folder["a.txt"], "new"), (folder["b.txt"], "new"), (folder["c.txt"], "new")));
        Assert.Equal("old", File.ReadAllText(folder["a.txt"]));
        Assert.Equal([folder["a.txt"]], Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void WriteAll_OverOldFiles_LeavesNothingBeside()
    {
        using var folder = new TemporaryFolder();
        foreach (string text in new[] { "old", "new" })
        {
            AtomicFile.WriteTexts((folder["a.txt"], text), (folder["b.txt"], text));
        }
        Assert.Equal("new", File.ReadAllText(folder["a.txt"]));
        Assert.Equal(2, Directory.GetFiles(folder.Root).Length);
    }

    [Fact]
    public void WriteAll_WhoseLastFails_PutsNoneInPlace()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteText(folder["names.txt"], "old");
        Assert.Throws<IOException>(() =>
            AtomicFile.WriteAll([(folder["names.txt"], stream => stream.Write("new"u8)),
            (folder["rows.npy"], _ => throw new IOException("disk full"))]));
        Assert.Equal("old", File.ReadAllText(folder["names.txt"]));
        Assert.Single(Directory.GetFiles(folder.Root));
    }
}
