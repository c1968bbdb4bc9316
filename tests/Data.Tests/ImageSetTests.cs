using System.Security.Cryptography;

namespace Toolchain.Data.Tests;

public sealed class ImageSetTests
{
    static ImageSet Three() =>
        new("three", Split.All, [.. Enumerable.Range(0, 3 * 784).Select(i => (byte)(i / 784))],
            new() { Labels = [4, 5, 6], FileNames = ["a", "b", "c"], Skipped = ["d: bad"] });

    [Fact]
    public void Slice_Middle_KeepsRowsTogether()
    {
        ImageSet slice = Three().Slice(1, 2);
        Assert.Equal((1, 2), (slice.Image(0)[0], slice.Image(1)[783]));
        Assert.Equal(new int[] { 5, 6 }, slice.Labels);
        Assert.Equal(["b", "c"], slice.FileNames!);
        Assert.Equal(["d: bad"], slice.Skipped);
        Assert.Equal(7, slice.Classes!.Count);
        Assert.Equal(7, slice.Where(row => row == 0).Classes!.Count);
    }

    [Fact]
    public void Slice_PastTheEnd_SaysTheRange() => Assert.StartsWith(
        "'start'..'start+count' must lie in [0..3], was [2..4].",
        Assert.Throws<ArgumentOutOfRangeException>(() => Three().Slice(2, 2)).Message);

    [Fact]
    public void Take_MoreThanThereAre_GivesAll() => Assert.Equal(3, Three().Take(9).Count);

    [Fact]
    public void Sha256_PixelsThenLabels_IsTheirDigest()
    {
        ImageSet set = Three();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([.. set.Pixels, 4, 5, 6])), set.Sha256);
        Assert.NotEqual(set.Sha256, new ImageSet("three", Split.All, set.Pixels).Sha256);
        ImageSet wide = new("three", Split.All, set.Pixels, new() { Labels = [4, 5, 0x0306] });
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([.. set.Pixels, 4, 0, 5, 0, 6, 3])), wide.Sha256);
    }

    [Fact]
    public void Constructor_LengthsThatDisagree_AreRefused()
    {
        Assert.Equal("'pixels' must hold N * 784 bytes, was 783. (Parameter 'pixels')", Refused(() => new("x", Split.All, new byte[783])));
        Assert.Equal("'labels' must have one entry for each of the 1 images, had 2. (Parameter 'labels')",
            Refused(() => new("x", Split.All, new byte[784], new() { Labels = [1, 2] })));
        Assert.Equal("'fileNames' must have one entry for each of the 1 images, had 0. (Parameter 'fileNames')",
            Refused(() => new("x", Split.All, new byte[784], new() { Labels = [1], FileNames = [] })));
        Assert.Equal("'labels[0]' must be in [0..9], was 10. (Parameter 'labels')",
            Refused(() => new("x", Split.All, new byte[784], new() { Labels = [10], Classes = ImageClasses.Digits })));
        Assert.Equal("'labels[0]' must be in [0..4095], was 4096. (Parameter 'labels')",
            Refused(() => new("x", Split.All, new byte[784], new() { Labels = [4096] })));
    }

    static string Refused(Func<ImageSet> make) => Assert.Throws<ArgumentException>(make).Message;
}
