namespace Toolchain.EndToEnd;

/// <summary><c>uvl doctor</c> on MNIST that is not as published, or not there.</summary>
public sealed class DoctorTests : CommandTest
{
    [Fact]
    public void Doctor_DamagedMnist_IsBad()
    {
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "mnist")).FullName, "train-images-idx3-ubyte");
        File.WriteAllBytes(file, [0, 0, 8, 3]);
        (int status, string output) = Run();
        Assert.Equal(6, status);
        Assert.Contains($"BAD  MNIST          '{file}'", output, StringComparison.Ordinal);
        Assert.DoesNotContain("go on with drawn strokes", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_NoMnist_IsNoHarm()
    {
        (int status, string output) = Run();
        Assert.True(status == 0, output);
        Assert.Matches("-    MNIST          not here: MNIST: 'train-images-idx3-ubyte", output);
    }

    (int Status, string Output) Run()
    {
        using Uvl uvl = Uvl.StartWith(new() { ["UVL_DATA_DIR"] = Folder, ["XDG_CACHE_HOME"] = Folder }, "doctor");
        (int status, string output, _) = uvl.Wait();
        return (status, output);
    }
}
