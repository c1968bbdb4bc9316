using Toolchain.Data.Glyphs;
using Toolchain.Data.Images;
using Toolchain.Data.Seeds;

namespace Toolchain.Data.Strokes;

/// <summary>
/// Digits drawn by the program, for machines without network, for tests and demonstrations. Every digit has from two to four written forms;
/// control points, pen width, slant, turn and aspect vary; each is brought into its image as MNIST's were into 28 x 28. They are no
/// substitute for MNIST in any claim about quality.
/// </summary>
public static class StrokeDigits
{
    /// <summary>Most images that one set can have: what fits one array.</summary>
    public const int MaxCount = 2_000_000;

    // Neighbouring images that hold each digit once.
    const int BlockSize = 10;

    /// <summary>
    /// Draws images [first..first+count) of the endless sequence of a seed, with their labels. Each ten images hold every digit once, in
    /// random order.
    /// </summary>
    /// <param name="count">Images, in [1..<see cref="MaxCount"/>].</param>
    /// <param name="seed">
    /// Names the sequence. The same images come at any thread count and on any machine, whatever the range asked for.
    /// </param>
    /// <param name="first">Index of the first image.</param>
    /// <param name="split">What the set is called; it changes no image.</param>
    /// <param name="cancellation">Stops between images.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> or <paramref name="first"/> is out of range.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static ImageSet Draw(int count, ulong seed, int first = 0, Split split = Split.All, CancellationToken cancellation = default)
    {
        if (count is < 1 or > MaxCount)
        {
            throw new ArgumentOutOfRangeException(nameof(count), $"'{nameof(count)}' must be in [1..{MaxCount}], was {count}.");
        }
        if (first < 0 || first > int.MaxValue - count)
        {
            throw new ArgumentOutOfRangeException(nameof(first), $"'{nameof(first)}' must be in [0..{int.MaxValue - count}], was {first}.");
        }
        return Draw(new(count, seed, first, ImageShape.Mnist), split, cancellation);
    }

    /// <summary>Draws images of any shape: in colour, the same ink on a textured ground.</summary>
    /// <exception cref="InvalidDataException">They are more than an array holds.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    internal static ImageSet Draw(StrokeSpec spec, Split split, CancellationToken cancellation = default)
    {
        (int count, ulong seed, int first, ImageShape shape) = spec;
        if ((long)count * shape.Size > Array.MaxLength)
        {
            throw new InvalidDataException($"strokes: expected images of at most {Array.MaxLength} bytes, found {count} of {shape}; take "
                + "fewer or smaller ones.");
        }
        byte[] pixels = new byte[count * shape.Size];
        int[] labels = new int[count];
        ulong digitKey = RandomStream.KeyOf(seed, "strokes.digits"), shapeKey = RandomStream.KeyOf(seed, "strokes.shapes"),
            groundKey = RandomStream.KeyOf(seed, "strokes.ground");
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation }, () => new StrokeWriter(shape.Width),
            (index, _, writer) =>
            {
                int sample = first + index;
                labels[index] = DigitOf(digitKey, sample);
                var random = new RandomStream(shapeKey, 0, sample, 0);
                Span<byte> image = pixels.AsSpan(index * shape.Size, shape.Size);
                Span<byte> ink = shape.IsRgb ? new byte[shape.PixelCount] : image;
                writer.Write((byte)labels[index], ref random, ink);
                if (shape.IsRgb)
                {
                    var ground = new RandomStream(groundKey, 0, sample, 0);
                    TexturedGround.Paint(ink, shape, ref ground, image);
                }
                return writer;
            }, _ => { });
        return new("strokes", split, pixels, new()
        {
            Labels = labels,
            Classes = ImageClasses.Digits,
            Preprocess = spec.Preprocess,
            Content = ImageContent.Writing,
        });
    }

    /// <summary>Writes a PNG of the first 100 images of a seed: ten of each digit, a row a digit.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="seed">Names the sequence.</param>
    public static void WriteSheet(string path, ulong seed)
    {
        ImageSet set = Draw(BlockSize * BlockSize, seed);
        byte[] sorted = new byte[set.Pixels.Length];
        for (int index = 0; index < set.Count; index++)
        {
            int cell = set.Labels![index] * BlockSize + index / BlockSize;
            set.Image(index).CopyTo(sorted.AsSpan(cell * ImageShape.Mnist.Size));
        }
        ImageSheet.Write(path, sorted, set.Preprocess, BlockSize);
    }

    static byte DigitOf(ulong key, int sample)
    {
        Span<byte> digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        new RandomStream(key, 0, sample / BlockSize, 0).Shuffle(digits);
        return digits[sample % BlockSize];
    }
}
