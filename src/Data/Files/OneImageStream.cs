using Toolchain.Data.Streams;

namespace Toolchain.Data.Files;

/// <summary>One image from a pipe or from memory.</summary>
sealed class OneImageStream(string name, string path, ReadOnlyMemory<byte> bytes) : ImageStream(name, Split.All, 1)
{
    private protected override IReadOnlyList<PendingImage> Sample() => [new PendingImage(path, bytes)];

    private protected override int Fill(ImageBatch batch, int count)
    {
        if (Position > 0)
        {
            return 0;
        }
        batch.Set(0, new PendingImage(path, bytes), path);
        return 1;
    }
}
