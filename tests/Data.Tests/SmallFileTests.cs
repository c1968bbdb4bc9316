using System.Text;

namespace Toolchain.Data.Tests;

/// <summary>The short way to a file and the checksum: both against the simple way.</summary>
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

    [Fact]
    public void Crc32_OfNineDigits_IsTheStandardsCheckValue() => Assert.Equal(0xCBF43926, Crc32.Of("123456789"u8));

    [Fact]
    public void Crc32_OfAnyLength_IsThatOfItsBits()
    {
        byte[] bytes = Encoding.ASCII.GetBytes("slices of eight bytes, and what is left over");
        for (int length = 0; length <= bytes.Length; length++)
        {
            uint crc = uint.MaxValue;
            for (int bit = 0; bit < 8 * length; bit++)
            {
                crc = ((crc ^ (uint)(bytes[bit / 8] >> bit % 8)) & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
            }
            Assert.Equal(~crc, Crc32.Of(bytes.AsSpan(0, length)));
        }
    }
}
