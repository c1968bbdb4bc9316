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
    static readonly ImageShape shape = new(3, 32, 32);

    static readonly string[] classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    static int RecordBytes => 1 + shape.Size;

    /// <summary>Whether a file is one; leaves it at its start.</summary>
    public static bool IsOne(FileStream file)
    {
        long length = file.Length;
        bool isOne = length > 0 && length % RecordBytes == 0 && length <= Array.MaxLength;
        for (long at = 0; isOne && at < length; at += RecordBytes)
        {
            file.Position = at;
            isOne = file.ReadByte() < classes.Length;
        }
        file.Position = 0;
        return isOne;
    }

    /// <summary>Reads the images of a file that <see cref="IsOne"/> says is one.</summary>
    public static SetStream Open(string name, string path, FileStream file)
    {
        byte[] records = ExactRead.Bytes(file, new(path, 0, file.Length, "records"));
        int count = records.Length / RecordBytes;
        byte[] pixels = new byte[count * shape.Size];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = records[i * RecordBytes];
            records.AsSpan(i * RecordBytes + 1, shape.Size).CopyTo(pixels.AsSpan(i * shape.Size));
        }
        return new(new(name, Split.All, pixels, new()
        {
            Labels = labels,
            Classes = new(classes.Length, classes),
            Preprocess = new(shape, FitMode.Letterbox),
            Content = ImageContent.Objects,
        }), TensorStream.FileFingerprint(path));
    }
}
