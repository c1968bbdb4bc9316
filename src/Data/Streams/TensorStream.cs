using System.Globalization;
using System.Runtime.InteropServices;

namespace Toolchain.Data;

/// <summary>Images that lie one after another as plain numbers: IDX and .npy.</summary>
sealed class TensorStream : DigitStream
{
    readonly Stream content;
    readonly PixelLayout layout;
    readonly byte[]? labels;
    readonly FileStream? file;
    readonly string path;
    readonly int imageBytes;
    byte[] raw = [];

    /// <param name="name">What a report calls the dataset.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="content">Stands at the first image; disposed with this.</param>
    /// <param name="layout">What the header said.</param>
    /// <param name="labels">A digit for each image, or null.</param>
    /// <param name="split">The part of the dataset this is.</param>
    /// <param name="packed">The file that <paramref name="content"/> is unpacked from, or null.</param>
    public TensorStream(string name, string path, Stream content, PixelLayout layout, byte[]? labels = null, Split split = Split.All, FileStream? packed = null) : base(name, split, layout.Count, labels is not null)
    {
        (this.path, this.content, this.layout, this.labels, Source) = (path, content, layout, labels, path);
        file = packed ?? content as FileStream;
        imageBytes = layout.Width * layout.Height * (layout.IsFloat ? sizeof(float) : 1);
        if (labels is not null && labels.Length != layout.Count)
        {
            content.Dispose();
            throw new InvalidDataException($"'{path}': expected a label for each of {layout.Count} images, found {labels.Length}; give the labels of these images.");
        }
    }

    public override string? Fingerprint => file is { CanSeek: true } ? FileFingerprint(file.Name) : null;

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

    private protected override int Fill(DigitBatch batch, int count)
    {
        int taken = (int)Math.Min(count, layout.Count - Position);
        bool asIs = layout is { Width: DigitSet.Side, Height: DigitSet.Side, IsFloat: false };
        if (!asIs && raw.Length < taken * imageBytes)
        {
            raw = new byte[taken * imageBytes];
        }
        Span<byte> bytes = (asIs ? batch.Pixels : raw).AsSpan(0, taken * imageBytes);
        ExactRead.Into(bytes, content, layout.Count * imageBytes, Position * imageBytes, path, layout.Offset, layout.What);
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

    void Convert(DigitBatch batch, ReadOnlySpan<byte> bytes, int count)
    {
        int pixelCount = layout.Width * layout.Height;
        bool fits = layout is { Width: DigitSet.Side, Height: DigitSet.Side };
        for (int row = 0; row < count; row++)
        {
            ReadOnlySpan<byte> image = bytes.Slice(row * imageBytes, imageBytes);
            byte[]? own = fits ? null : new byte[pixelCount];
            Span<byte> target = own ?? batch.Pixels.AsSpan(row * pixelCount, pixelCount);
            if (layout.IsFloat)
            {
                FromUnitRange(MemoryMarshal.Cast<byte, float>(image), target, Position + row);
            }
            else
            {
                image.CopyTo(target);
            }
            if (own is not null)
            {
                batch.Set(row, new PendingImage($"{path}, image {Position + row}", own, layout.Width, layout.Height), null, batch.Labels[row]);
            }
        }
    }

    void FromUnitRange(ReadOnlySpan<float> values, Span<byte> pixels, long image)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!(values[i] >= 0 && values[i] <= 1))
            {
                throw new InvalidDataException($"'{path}': image {image}, pixel {i}: expected float32 in [0,1], found {values[i].ToString(CultureInfo.InvariantCulture)}; divide by 255, or save uint8.");
            }
            pixels[i] = (byte)MathF.Round(values[i] * 255);
        }
    }
}
