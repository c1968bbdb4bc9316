using Toolchain.Data.Reading;
using Toolchain.Data.Streams;

namespace Toolchain.Data.Cifar;

/// <summary>
/// The binary batches of CIFAR-10, `data_batch_1.bin` to `test_batch.bin`: records of a label byte and 3,072 bytes of pixels, channel after
/// channel. Source: https://www.cs.toronto.edu/~kriz/cifar.html. They have no magic: a file is one where it holds whole records and every
/// label is in [0..10).
/// </summary>
static class CifarFile
{
    /// <summary>Of every image.</summary>
    public static ImageShape Shape { get; } = new(3, 32, 32);

    /// <summary>What each label means.</summary>
    public static IReadOnlyList<string> Classes { get; } =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Bytes of an image with its label.</summary>
    public static int RecordBytes => 1 + Shape.Size;

    /// <summary>Whether a file is one; leaves it at its start.</summary>
    public static bool IsOne(FileStream file)
    {
        long length = file.Length;
        bool isOne = length > 0 && length % RecordBytes == 0 && length <= Array.MaxLength;
        for (long at = 0; isOne && at < length; at += RecordBytes)
        {
            file.Position = at;
            isOne = file.ReadByte() < Classes.Count;
        }
        file.Position = 0;
        return isOne;
    }

    /// <summary>Reads the images of a file that <see cref="IsOne"/> says is one.</summary>
    public static SetStream Open(string name, string path, FileStream file)
    {
        byte[] records = ExactRead.Bytes(file, new(path, 0, file.Length, "records"));
        (byte[] pixels, int[] labels) = Parse(path, records);
        return new(new(name, Split.All, pixels, new()
        {
            Labels = labels,
            Classes = new(Classes.Count, Classes),
            Preprocess = new(Shape, FitMode.Letterbox),
            Content = ImageContent.Objects,
        }), TensorStream.FileFingerprint(path));
    }

    /// <summary>The images of a batch.</summary>
    /// <param name="path">Named in errors.</param>
    /// <param name="records">Whole records.</param>
    /// <exception cref="InvalidDataException">A label is none of the ten.</exception>
    public static LabelledPixels Parse(string path, byte[] records)
    {
        int count = records.Length / RecordBytes;
        byte[] pixels = new byte[count * Shape.Size];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            int offset = i * RecordBytes;
            labels[i] = records[offset] < Classes.Count ? records[offset]
                : throw new InvalidDataException($"'{path}': offset {offset}: expected a label in [0..{Classes.Count}), found "
                    + $"{records[offset]}; get the file again.");
            records.AsSpan(offset + 1, Shape.Size).CopyTo(pixels.AsSpan(i * Shape.Size));
        }
        return new(pixels, labels);
    }
}
