using System.Globalization;
using Toolchain.Data.Reading;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Streams;

/// <summary>Images that lie one after another as plain numbers: IDX and .npy.</summary>
sealed class TensorStream : ImageStream
{
    // Of a stream that cannot seek, what is looked at stays in memory.
    const int SampleBytes = 16 << 20;

    readonly PixelLayout layout;
    readonly int[]? labels;
    readonly FileStream? file;
    readonly string path;
    readonly int imageBytes;
    Stream content;
    PixelScale scale = PixelScale.Bytes;
    byte[] raw = [];

    /// <param name="origin">Where the images come from.</param>
    /// <param name="content">Stands at the first image; disposed with this.</param>
    /// <param name="layout">What the header said.</param>
    /// <param name="labels">Labels beside the images; null for none.</param>
    public TensorStream(TensorOrigin origin, Stream content, PixelLayout layout, SourceLabels? labels = null)
        : base(origin.Name, origin.Split, layout.Count)
    {
        (path, this.content, this.layout, Source) = (origin.Path, content, layout, origin.Path);
        file = origin.Packed ?? content as FileStream;
        imageBytes = layout.ImageBytes;
        if (labels is { Values: { } values })
        {
            if (values.Count == layout.Count)
            {
                ClassLabels? known = ClassLabels.Of(values, labels.Value.Place, Noticed);
                (this.labels, Classes) = (known?.Labels, known is null || file is null ? known?.Classes
                    : ClassLabels.Named(known.Classes, Path.GetDirectoryName(file.Name)!, Noticed));
            }
            else
            {
                ClassLabels.LeaveOut(Noticed, labels.Value.Place, $"expected one for each of {layout.Count} images, found {values.Count}");
            }
        }
        else if (labels is { } none)
        {
            ClassLabels.LeaveOut(Noticed, none.Place, none.Reason);
        }
    }

    public override string? Fingerprint => file is { CanSeek: true } ? FileFingerprint(file.Name) : null;

    // Whether the bytes of the file are the pixels that are wanted.
    bool IsAsWanted => layout is { Kind: TensorKind.UInt8, IsInterleaved: false } && layout.Shape == Preprocess.Shape
        && scale == PixelScale.Bytes;

    /// <summary>Path, size and time of a file.</summary>
    public static string FileFingerprint(string path)
    {
        var file = new FileInfo(path);
        return string.Create(CultureInfo.InvariantCulture, $"'{file.FullName}', {file.Length} bytes of {file.LastWriteTimeUtc:O}");
    }

    public override void Dispose()
    {
        content.Dispose();
        file?.Dispose();
        base.Dispose();
    }

    private protected override int Fill(ImageBatch batch, int count)
    {
        int taken = (int)Math.Min(count, layout.Count - Position);
        bool asIs = IsAsWanted;
        if (!asIs && raw.Length < taken * imageBytes)
        {
            raw = new byte[taken * imageBytes];
        }
        Span<byte> bytes = (asIs ? batch.Pixels : raw).AsSpan(0, taken * imageBytes);
        ExactRead.Into(bytes, content, new(path, layout.Offset, layout.Count * imageBytes, layout.What), Position * imageBytes);
        labels?.AsSpan((int)Position, taken).CopyTo(batch.Labels);
        if (!asIs)
        {
            Convert(batch, bytes, taken);
        }
        // With the last image comes the proof that nothing follows, and of a gzip stream that all of it was right.
        if (Position + taken == layout.Count)
        {
            ExactRead.End(content, path, layout.Offset + layout.Count * imageBytes);
        }
        return taken;
    }

    private protected override long Pass(long count)
    {
        if (!content.CanSeek)
        {
            return 0;
        }
        long passed = Math.Min(count, layout.Count - Position);
        content.Position = layout.Offset + (Position + passed) * imageBytes;
        return passed;
    }

    // The scale is found here too, so that all images are of one.
    private protected override IReadOnlyList<PendingImage> Sample()
    {
        List<(long Number, byte[] Raw)> images = content.CanSeek ? Spread() : First();
        double largest = 0;
        foreach ((_, byte[] bytes) in images)
        {
            for (int i = 0; i < layout.Shape.Size; i++)
            {
                largest = Math.Max(largest, Elements.At(bytes, layout.Kind, i));
            }
        }
        scale = PixelScale.Of(largest, layout.Kind, images.Count, Noticed);
        return [.. images.Select(image => Raw(image.Raw, image.Number)).OfType<PendingImage>()];

        PendingImage? Raw(byte[] bytes, long number)
        {
            byte[] pixels = new byte[layout.Shape.Size];
            try
            {
                ToPixels(bytes, pixels, number);
                return new(path, pixels, layout.Shape.Width, layout.Shape.Height);
            }
            catch (InvalidDataException)
            {
                // It is named when its turn comes.
                return null;
            }
        }
    }

    List<(long Number, byte[] Raw)> Spread()
    {
        long start = content.Position, count = Math.Min(layout.Count, SourceSurvey.Images);
        List<(long, byte[])> images = [];
        for (long i = 0; i < count; i++)
        {
            byte[] bytes = new byte[imageBytes];
            long number = i * layout.Count / count;
            content.Position = layout.Offset + number * imageBytes;
            if (content.ReadAtLeast(bytes, imageBytes, throwOnEndOfStream: false) < imageBytes)
            {
                break;
            }
            Order(bytes);
            images.Add((number, bytes));
        }
        content.Position = start;
        return images;
    }

    List<(long Number, byte[] Raw)> First()
    {
        byte[] start = new byte[(int)Math.Min(Math.Min(layout.Count, SourceSurvey.Images), SampleBytes / imageBytes) * imageBytes];
        int read = 0;
        for (int got; read < start.Length && (got = ExactRead.Some(content, start.AsSpan(read), path, layout.Offset + read)) > 0;)
        {
            read += got;
        }
        content = new PrefixedStream(start.AsMemory(0, read), content, ownsRest: true);
        List<(long, byte[])> images = [];
        for (int number = 0; (number + 1) * imageBytes <= read; number++)
        {
            byte[] bytes = start[(number * imageBytes)..((number + 1) * imageBytes)];
            Order(bytes);
            images.Add((number, bytes));
        }
        return images;
    }

    void Order(Span<byte> bytes)
    {
        if (layout.IsBigEndian)
        {
            Elements.Reverse(bytes, TensorEntry.ElementSize(layout.Kind));
        }
    }

    void Convert(ImageBatch batch, Span<byte> bytes, int count)
    {
        Order(bytes);
        int size = layout.Shape.Size;
        bool fits = layout.Shape == Preprocess.Shape;
        for (int row = 0; row < count; row++)
        {
            byte[]? own = fits ? null : new byte[size];
            ToPixels(bytes.Slice(row * imageBytes, imageBytes), own ?? batch.Pixels.AsSpan(row * size, size), Position + row);
            if (own is not null)
            {
                batch.Set(row, new PendingImage($"{path}, image {Position + row}", own, layout.Shape.Width, layout.Shape.Height), null,
                    batch.Labels[row]);
            }
        }
    }

    void ToPixels(ReadOnlySpan<byte> bytes, Span<byte> pixels, long image)
    {
        if (layout is { Kind: TensorKind.UInt8, IsInterleaved: false } && scale == PixelScale.Bytes)
        {
            bytes.CopyTo(pixels);
            return;
        }
        bool isSingle = layout.Kind is TensorKind.Float16 or TensorKind.Float32;
        var place = new ImagePlace(path, "image", image);
        // To channel after channel.
        int channels = layout.IsInterleaved ? layout.Shape.Channels : 1, step = layout.IsInterleaved ? layout.Shape.PixelCount : 0;
        for (int i = 0, pixel = 0; i < pixels.Length; pixel++)
        {
            for (int channel = 0; channel < channels; channel++, i++)
            {
                pixels[channel * step + pixel] = scale.ToPixel(Elements.At(bytes, layout.Kind, i), isSingle, place, i);
            }
        }
    }
}
