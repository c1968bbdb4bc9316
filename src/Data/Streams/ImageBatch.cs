using System.IO.Hashing;
using Toolchain.Data.Images;

namespace Toolchain.Data.Streams;

/// <summary>
/// Some neighbouring images of a <see cref="ImageStream"/> on their way from their source to a model. Made once and filled again and again:
/// filling takes images from the source in order, decoding, which may run on another thread and beside other batches, makes pixels of them.
/// </summary>
public sealed class ImageBatch
{
    // A longer encoded image is decoded when it is read, so that a batch never holds many of them.
    const int MostPendingBytes = 1 << 20;

    readonly PendingImage?[] pending;
    readonly FitResult?[] decoded;
    readonly ImageBuffer buffer = new();

    /// <summary>Makes an empty batch.</summary>
    /// <param name="capacity">Most images that it holds, at least 1.</param>
    /// <param name="shape">Of an image; that of the streams that fill it.</param>
    public ImageBatch(int capacity, ImageShape shape)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Shape = shape;
        Pixels = new byte[capacity * shape.Size];
        Labels = new int[capacity];
        Names = new string?[capacity];
        Problems = new string?[capacity];
        pending = new PendingImage?[capacity];
        decoded = new FitResult?[capacity];
    }

    /// <summary>Channels and size of an image.</summary>
    public ImageShape Shape { get; }

    /// <summary>Most images that it holds.</summary>
    public int Capacity => Labels.Length;

    /// <summary>Images that it holds.</summary>
    public int Count { get; internal set; }

    /// <summary>0-based number of the first image in its source.</summary>
    public long First { get; internal set; }

    /// <summary><see cref="Capacity"/> * C * H * W bytes, image after image, 0 for background; all 0 for an image that cannot be
    /// read.</summary>
    public byte[] Pixels { get; }

    /// <summary>Classes in [0..K); without meaning where <see cref="ImageStream.IsLabelled"/> is false.</summary>
    public int[] Labels { get; }

    /// <summary>Where each image came from, or null for one that has no name but its number.</summary>
    public string?[] Names { get; }

    /// <summary>
    /// Why an image cannot be read, in one line with its place, or null for a sound one; known after <see cref="Decode"/>.
    /// </summary>
    public string?[] Problems { get; }

    /// <summary>Images that were brought to <see cref="Shape"/> from another size; known after <see cref="Decode"/>.</summary>
    public int FittedCount { get; private set; }

    /// <summary>Images that were dark on light and were inverted; known after <see cref="Decode"/>.</summary>
    public int InvertedCount { get; private set; }

    /// <summary>What its images need; of a polarity that is <see cref="Polarity.Auto"/> each is judged by itself.</summary>
    internal Preprocess Preprocess { get; set; } = Preprocess.Mnist;

    /// <summary>Whether rows and columns are to be swapped.</summary>
    internal bool IsTransposed { get; set; }

    /// <summary>Makes pixels of images that are still encoded, of another size, dark on light, or transposed. To be called once.</summary>
    public void Decode()
    {
        (FittedCount, InvertedCount) = (0, 0);
        for (int row = 0; row < Count; row++)
        {
            Span<byte> pixels = PixelsOf(row);
            if (pending[row] is { } image)
            {
                DecodeRow(row, image);
            }
            else if (decoded[row] is null)
            {
                Problems[row] = null;
                InvertedCount += PictureFit.ToLight(pixels, Preprocess) ? 1 : 0;
            }
            FittedCount += decoded[row] is { Fitted: true } ? 1 : 0;
            InvertedCount += decoded[row] is { Inverted: true } ? 1 : 0;
            (pending[row], decoded[row]) = (null, null);
            if (IsTransposed)
            {
                PictureFit.Transpose(pixels, Shape);
            }
        }
    }

    /// <summary>CRC-32 of the images' pixels: tells whether they are those of another time.</summary>
    public uint Checksum() => Crc32.HashToUInt32(Pixels.AsSpan(0, Count * Shape.Size));

    /// <summary>Puts an image that has yet to be decoded into a row.</summary>
    internal void Set(int row, PendingImage image, string? name, int label = 0)
    {
        (pending[row], decoded[row], Names[row], Labels[row]) = (image, null, name, label);
        if (image is { Width: 0, Bytes.Length: > MostPendingBytes })
        {
            DecodeRow(row, image);
            pending[row] = null;
        }
    }

    void DecodeRow(int row, PendingImage image)
    {
        Problems[row] = null;
        decoded[row] = default(FitResult);
        try
        {
            decoded[row] = image.Decode(buffer, Preprocess, PixelsOf(row));
        }
        catch (InvalidDataException bad)
        {
            Problems[row] = bad.Message.ReplaceLineEndings("\\n");
            PixelsOf(row).Clear();
        }
    }

    Span<byte> PixelsOf(int row) => Pixels.AsSpan(row * Shape.Size, Shape.Size);
}
