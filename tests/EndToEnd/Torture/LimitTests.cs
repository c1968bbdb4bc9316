namespace Toolchain.EndToEnd.Torture;

/// <summary>A machine that has nothing left: one line and status 71, no crash and no hang.</summary>
public sealed class LimitTests(ITestOutputHelper output, TortureSource source) : CommandTest
{
    [Theory]
    [InlineData("ulimit -n 64", false)]
    [InlineData("ulimit -n 40", false)]
    [InlineData("export DOTNET_GCHeapHardLimit=0x1000000", true)]
    public void Verb_UnderALimit_EndsWith71(string limit, bool inMemory) => Ends(limit, inMemory, 71);

    // Address space in which a native library may find no place: never a fault of this program.
    [Theory]
    [InlineData("ulimit -v 2000000", false)]
    [InlineData("ulimit -v 3000000", true)]
    public void Verb_WithoutRoomForALibrary_EndsWith0Or71(string limit, bool inMemory) => Ends(limit, inMemory, 0, 71);

    // So few that .NET itself hangs; the script that starts it says so. Root is not bound, and is needed to become someone else.
    [Theory]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(13)]
    public void Script_FewThreads_EndsWith71(int threads)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root on Linux");
        string script = In("uvl");
        string command = $"chmod 755 {Folder}; exec setpriv --reuid 64321 --clear-groups bash -c 'ulimit -u {threads}; "
            + $"exec timeout -s KILL 20 sh {script} --version'";
        File.Copy(Checkout.In("uvl"), script);
        (int status, _, string error) = SystemProgram.Bash(command);
        Assert.Equal((71, $"uvl: expected at least 14 threads for this user, found a limit of {threads}; raise it with ulimit -u, then run "
            + "the same command again."), (status, error.TrimEnd()));
    }

    // So little that .NET itself crashes.
    [Theory]
    [InlineData("-v", 1000000, "1600000 kB of address space", 1000000)]
    [InlineData("-f", 4, "16384 blocks of 512 bytes in a file", 8)]
    public void Script_LittleSpace_EndsWith71(string limit, int value, string least, int found)
    {
        (int status, _, string error) = SystemProgram.Bash($"ulimit {limit} {value}; exec sh {Checkout.In("uvl")} --version");
        Assert.Equal((71, $"uvl: expected at least {least}, found a limit of {found}; raise it with ulimit {limit}, then run the same "
            + "command again."), (status, error.TrimEnd()));
    }

    // The disk's own limit is known to its user: it ends as a full disk does.
    [Fact]
    public void Embed_FileSizeLimit_EndsAsAFullDisk() => Ends("export DOTNET_EnableWriteXorExecute=0; ulimit -f 100", false, 75);

    [Fact, Trait("Category", "Torture")]
    public void Embed_UnderManyLimits_EndsWith0Or71()
    {
        string[] limits =
        [
            .. Enumerable.Range(0, 20).Select(i => $"ulimit -n {30 + 10 * i}"),
            .. new[] { 0x1000000, 0x2000000, 0x3000000, 0x4000000, 0x8000000 }.Select(bytes =>
                $"export DOTNET_GCHeapHardLimit=0x{bytes:x}"),
        ];
        Array.ForEach(limits, limit => Ends(limit, false, 0, 71));
        Array.ForEach(limits, limit => Ends(limit, true, 0, 71));
        TortureTable.Add(output, "handles (30 to 220), managed memory (16 to 128 MB)", "embed, train kmeans", 2 * limits.Length, 0);
    }

    // Embedding takes constant memory; a fit holds its images.
    void Ends(string limit, bool inMemory, params int[] allowed)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Toolchain.Cli.dll");
        string verb = inMemory
            ? $"train kmeans --quiet --data strokes:30000 --out {In(Path.GetRandomFileName())}"
            : $"embed {source.Model} --quiet --data strokes:5000 --out {In("x.npy")}";
        (int status, _, string error) = SystemProgram.Bash($"{limit}; exec timeout -s KILL 60 dotnet {program} {verb}");
        Assert.True(allowed.Contains(status), $"{limit}: ended with {status}: {error}");
        if (status != 0)
        {
            Assert.Single(error.TrimEnd().Split('\n'));
        }
    }
}
