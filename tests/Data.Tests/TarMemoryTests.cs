using System.Formats.Tar;
using System.Text;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;

namespace Toolchain.Data.Tests;

/// <summary>Alone, because it looks at the memory of the whole process.</summary>
[CollectionDefinition(nameof(TarMemoryTests), DisableParallelization = true)]
[Collection(nameof(TarMemoryTests))]
public sealed class TarMemoryTests
{
    // 40 of 2 MB each: more than fits into the bound if a batch held them until it is decoded.
    [Fact]
    public void Read_TarOfLongImages_KeepsOneAtATime()
    {
        using var folder = new TemporaryFolder();
        using (FileStream file = File.Create(folder["d.tar"]))
        using (var archive = new TarWriter(file))
        {
            for (int i = 0; i < 40; i++)
            {
                byte[] image = [.. Encoding.ASCII.GetBytes("P5\n2048 1024\n255\n"), .. new byte[2 << 20]];
                image.AsSpan(1 << 20, 1 << 18).Fill(200);
                archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{i % 10}/{i}.pgm")
                {
                    DataStream = new MemoryStream(image),
                });
            }
        }
        using ImageStream stream = ImageSource.OpenStream(folder["d.tar"], Split.All);
        var batch = new ImageBatch(64, ImageShape.Mnist);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(stream.Read(batch, 64));
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(held < 30 << 20, $"{held >> 20} MB are held");
        batch.Decode();
        Assert.Equal((40, 40, null), (batch.Count, batch.FittedCount, batch.Problems[39]));
        Assert.Equal(stream.IsLabelled ? 9 : -1, batch.Labels[39]);
    }
}
