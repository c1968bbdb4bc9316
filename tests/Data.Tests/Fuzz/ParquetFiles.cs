using Parquet;
using Parquet.Schema;

namespace Toolchain.Data.Tests;

/// <summary>Parquet files of images, as Hugging Face datasets have them.</summary>
static class ParquetFiles
{
    /// <summary>Two row groups of three labelled images.</summary>
    public static byte[] Write(CompressionMethod codec) => WriteAsync(codec).GetAwaiter().GetResult();

    static async Task<byte[]> WriteAsync(CompressionMethod codec)
    {
        var schema = new ParquetSchema(
            new StructField("image", new DataField("bytes", typeof(byte[])), new DataField("path", typeof(string))),
                new DataField<long>("label", nullable: true));
        using var file = new MemoryStream();
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(schema, file, new ParquetOptions { CompressionMethod = codec }))
        {
            for (int part = 0; part < 2; part++)
            {
                using ParquetRowGroupWriter group = writer.CreateRowGroup();
                byte[]?[] images = [Samples.PngDigit(10), Samples.PngDigit(20), Samples.PngDigit(30)];
                await group.WriteAsync(schema.DataFields[0], images!);
                await group.WriteAsync(schema.DataFields[1], ["a.png", "b.png", "c.png"]);
                await group.WriteAsync<long>(schema.DataFields[2], new long?[] { 1, 2, part });
            }
        }
        return file.ToArray();
    }
}
