using System.Buffers;
using Toolchain.Data.Images;

namespace Toolchain.Data.Streams;

/// <summary>Reads a stream to its end into memory. Pixels, label and name of a row go in together or not at all.</summary>
static class ImageCollector
{
    const int BatchSize = 256;

    /// <summary>All images of a stream.</summary>
    /// <exception cref="InvalidDataException">An image cannot be read and may not be skipped, there is none that can be read, or there are
    /// more than an array holds.</exception>
    public static ImageSet ToSet(this ImageStream stream, ImageSourceOptions options)
    {
        if (stream is { Polarity: Polarity.Light, IsTransposed: false, Whole: ImageSet known } && known.Shape == stream.Preprocess.Shape)
        {
            return known;
        }
        int size = stream.Preprocess.Shape.Size;
        if (stream.Count * size > Array.MaxLength)
        {
            throw new InvalidDataException($"'{stream.Source}': the header at offset 0 promises {stream.Count * size} bytes of "
                + $"pixels, expected at most {Array.MaxLength}; split the file.");
        }
        var batch = new ImageBatch(BatchSize, stream.Preprocess.Shape);
        var pixels = new ArrayBufferWriter<byte>();
        List<int> labels = [];
        List<string> names = [], skipped = [];
        while (stream.Read(batch, BatchSize))
        {
            batch.Decode();
            for (int row = 0; row < batch.Count; row++)
            {
                if (batch.Problems[row] is string problem)
                {
                    skipped.Add(options.SkipBad ? problem : throw new InvalidDataException(problem));
                    continue;
                }
                pixels.Write(batch.Pixels.AsSpan(row * size, size));
                labels.Add(batch.Labels[row]);
                if (batch.Names[row] is string name)
                {
                    names.Add(name);
                }
            }
        }
        return pixels.WrittenCount == 0
            ? throw NoneReadable(stream.Source, skipped.Count, skipped.FirstOrDefault())
            : new(stream.Name, stream.Split, pixels.WrittenSpan.ToArray(), new()
            {
                Labels = stream.IsLabelled ? [.. labels] : null,
                Classes = stream.Classes,
                FileNames = names.Count == 0 ? null : [.. names],
                Skipped = skipped,
                Remarks = stream.Remarks,
                Preprocess = stream.Preprocess,
                Content = stream.Content,
            });
    }

    /// <summary>The error where not one image of a source can be read.</summary>
    public static InvalidDataException NoneReadable(string source, long count, string? first)
    {
        string found = count == 0 ? "none" : $"{count} that cannot be read{(first is null ? "" : $", the first being {first}")}";
        string expected = File.Exists(source) ? "at least one image" : $"images ({ImageFile.Kinds})";
        return new($"'{source}': expected {expected}, found {found}; name another source.");
    }
}
