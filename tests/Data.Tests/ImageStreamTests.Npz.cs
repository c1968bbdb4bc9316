using System.IO.Compression;
using Toolchain.Data.Sources;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Tests;

public sealed partial class ImageStreamTests
{
    [Fact]
    public void Open_Npz_TakesImagesAndLabelsByName()
    {
        using var folder = new TemporaryFolder();
        byte[] pixels = [.. Enumerable.Range(0, 2 * 784).Select(i => (byte)i)];
        string path =
            folder.Write("d.npz", Npz(folder, ("labels", TensorEntry.Of<long>([3, 9], 2)),
            ("images", TensorEntry.Of<byte>(pixels, 2, 28, 28))));
        ImageSet set = ImageSource.Open(path, Split.All);
        Assert.Equal(pixels, set.Pixels);
        Assert.Equal(new int[] { 3, 9 }, set.Labels);
    }

    [Fact]
    public void Open_NpzOfKeras_WantsToKnowThePart()
    {
        using var folder = new TemporaryFolder();
        string path =
            folder.Write("mnist.npz", Npz(folder, ("x_train", Images(3)), ("y_train", TensorEntry.Of<byte>([1, 2, 3], 3)),
            ("x_test", Images(1)), ("y_test", TensorEntry.Of<byte>([7], 1))));
        Assert.Equal(new int[] { 1, 2, 3 }, ImageSource.Open(path, Split.Train).Labels);
        Assert.Equal(new int[] { 7 }, ImageSource.Open(path, Split.Test).Labels);
        Assert.Equal($"'{path}': holds x_train and x_test; say --split train or --split test.",
            Assert.Throws<ArgumentException>(() => ImageSource.Open(path, Split.All)).Message);
    }

    [Fact]
    public void Open_NpzWithoutImages_NamesWhatThereIs()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("d.npz", Npz(folder, ("a", Images(1)), ("b", Images(1))));
        Assert.Equal($"'{path}': expected an array 'images', found 'a', 'b'; save it with numpy.savez(images=...).",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(path, Split.All)).Message);
    }

    [Fact]
    public void Open_DamagedNpz_IsInvalidDataAtMost()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = Npz(folder, ("images", Images(2)));
        Damage.RequireEveryTruncationRefused(folder, whole, path => ImageSource.Open(path, Split.All), step: 11);
        Damage.RequireFlipsHarmless(folder, whole, path => ImageSource.Open(path, Split.All), count: 300);
    }

    // numpy.savez does not pack: a flipped pixel changes no length, only the checksum.
    [Fact]
    public void Open_NpzWithAFlippedPixel_IsSeenByItsChecksum()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = Npz(folder, CompressionLevel.NoCompression, ("images", Images(2)));
        whole[whole.Length / 2] ^= 1;
        string path = folder.Write("d.npz", whole);
        Assert.Matches($"^'{path}, images.npy': .* Expected the checksum [0-9A-F]{{8}}, found [0-9A-F]{{8}}\\. Get the file again\\.$",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(path, Split.All)).Message);
    }
}
