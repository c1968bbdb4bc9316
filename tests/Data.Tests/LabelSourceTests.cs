using System.IO.Compression;
using System.Text;
using Toolchain.Data.Sources;

namespace Toolchain.Data.Tests;

/// <summary>Labels of every type beside images: read where they count classes, left out with a line where they do not.</summary>
public sealed class LabelSourceTests
{
    const string Advice = "; save numpy.unique(labels, return_inverse=True)[1], and the names in labels.txt, a line each";

    [Theory]
    [InlineData("|u1", "0307", new int[] { 3, 7 })]
    [InlineData("|i1", "0307", new int[] { 3, 7 })]
    [InlineData("<i2", "03000700", new int[] { 3, 7 })]
    [InlineData(">i4", "0000000300000007", new int[] { 3, 7 })]
    [InlineData("<i8", "03000000000000000700000000000000", new int[] { 3, 7 })]
    [InlineData("<f4", "000040400000E040", new int[] { 3, 7 })]
    [InlineData("<i2", "0300FF0F", new int[] { 3, 4095 })]
    [InlineData("|b1", "0001", new int[] { 0, 1 })]
    [InlineData("|u1", "0307", new int[] { 3, 7 }, "(2, 1)")]
    [InlineData("|u1", "000001010000", new int[] { 2, 0 }, "(2, 3)")]
    [InlineData("<f4", "000000000000803F0000803F00000000", new int[] { 1, 0 }, "(2, 2)")]
    public void Npz_LabelsThatCountClasses_AreRead(string type, string bytes, int[] expected, string shape = "(2,)")
    {
        ImageSet set = OpenNpz(type, shape, bytes, out _);
        Assert.Equal(expected, set.Labels);
        Assert.Equal((expected.Max() + 1, null), (set.Classes!.Count, set.Classes.Names));
        Assert.Empty(set.Remarks);
    }

    [Theory]
    [InlineData("<U1", "(2,)", "6100000062000000", ", labels.npy", "expected whole numbers, found elements of type '<U1'" + Advice)]
    [InlineData("|S1", "(2,)", "6162", ", labels.npy", "expected whole numbers, found elements of type '|S1'" + Advice)]
    [InlineData("|O", "(2,)", "80", ", labels.npy", "expected whole numbers, found elements of type '|O'" + Advice)]
    [InlineData("<M8[s]", "(2,)", "80", ", labels.npy", "expected whole numbers, found elements of type '<M8[s]'")]
    [InlineData("[('a', '<f4')]", "(2,)", "80", ", labels.npy", "expected whole numbers, found elements of type '[('a', '<f4')]'")]
    [InlineData("|u1", "(2, 2)", "01000101", ", labels.npy", "expected [N] or one-hot rows [N,K], found other numbers in row 1 of [2,2]")]
    [InlineData("|u1", "(2, 2)", "01000000", ", labels.npy", "expected [N] or one-hot rows [N,K], found other numbers in row 1 of [2,2]")]
    [InlineData("|u1", "(2, 1, 1)", "0102", ", labels.npy", "expected [N] or one-hot rows [N,K], found [2,1,1]")]
    [InlineData("<f4", "(2,)", "0000003F0000003F", ", labels.npy", "that of image 0 should be a class in 0..4095, was 0.5")]
    [InlineData("<i2", "(2,)", "03000010", ", labels.npy", "that of image 1 should be a class in 0..4095, was 4096")]
    [InlineData("|i1", "(2,)", "03FF", ", labels.npy", "that of image 1 should be a class in 0..4095, was -1")]
    [InlineData("|u1", "(3,)", "030405", ", labels.npy", "expected one for each of 2 images, found 3")]
    [InlineData("|u1", "(0,)", "", ", labels.npy", "expected one for each of 2 images, found 0")]
    public void Npz_OtherLabels_AreLeftOutWithALine(string type, string shape, string bytes, string place, string reason)
    {
        ImageSet set = OpenNpz(type, shape, bytes, out string path);
        Assert.Equal((2, null), (set.Count, set.Labels));
        Assert.Equal([$"'{path}{place}': labels are left out: {reason}"], set.Remarks);
    }

    [Theory]
    [InlineData(0x08, "0307")]
    [InlineData(0x09, "0307")]
    [InlineData(0x0B, "00030007")]
    [InlineData(0x0C, "0000000300000007")]
    [InlineData(0x0D, "4040000040E00000")]
    [InlineData(0x0E, "4008000000000000401C000000000000")]
    public void Idx_LabelsOfEveryType_AreRead(byte code, string bytes)
    {
        using var folder = new TemporaryFolder();
        string images = folder.Write("i", Samples.IdxImages(2));
        string labels = folder.Write("l", [0, 0, code, 1, 0, 0, 0, 2, .. Convert.FromHexString(bytes)]);
        Assert.Equal(new int[] { 3, 7 }, ImageSource.Open($"{images},{labels}", Split.All).Labels);
    }

    [Fact]
    public void Idx_OneHotLabels_AreRead()
    {
        using var folder = new TemporaryFolder();
        string images = folder.Write("i", Samples.IdxImages(2));
        string labels = folder.Write("l", [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 1, 1, 0, 0]);
        Assert.Equal(new int[] { 2, 0 }, ImageSource.Open($"{images},{labels}", Split.All).Labels);
    }

    // Columns of 28 x 28 pixels lie first, the channel lies last, an image is a column: each has the advice that mends it.
    [Theory]
    [InlineData("(5, 28, 28, 4)", 5 * 28 * 28 * 4, "without transparency it is array[..., :3].")]
    [InlineData("(5, 4, 28, 28)", 5 * 28 * 28 * 4, "without transparency it is array[:, :3].")]
    [InlineData("(28, 28, 5)", 28 * 28 * 5, "the images' axis comes first: numpy.moveaxis(array, 2, 0).")]
    [InlineData("(784, 5)", 784 * 5, "an image is a row, not a column: array.T.")]
    [InlineData("(784,)", 784, "one image is array.reshape(1, H, W).")]
    [InlineData("(29, 30)", 29 * 30, "rows of other images are array.reshape(-1, H, W).")]
    public void Npy_OfAnotherShape_GetsAdviceThatMendsIt(string shape, int size, string advice)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.npy", Npy("|u1", shape, new byte[size]));
        Assert.EndsWith($"; {advice}", Assert.Throws<InvalidDataException>(() => ImageSource.Open(path, Split.All)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(36, true)]
    [InlineData(255, false)]
    public void Npy_PaleDigits_AreSaidToBePale(byte ink, bool isPale)
    {
        using var folder = new TemporaryFolder();
        byte[] pixels = [.. Samples.IdxImages(3)[16..].Select((pixel, place) => (byte)(place % 28 is 0 or 27 ? 0 : pixel % (ink + 1)))];
        ImageSet set = ImageSource.Open(folder.Write("a.npy", Npy("|u1", "(3, 28, 28)", pixels)), Split.All);
        Assert.Equal(isPale, set.Remarks.Contains("the images are pale: their values are in 0..36 of 0..255, which models read as little "
            + "ink; stretch them to 0..255"));
    }

    [Fact]
    public void Npy_SignedBytes_AreReadAs0To127AndSaid()
    {
        using var folder = new TemporaryFolder();
        byte[] pixels = new byte[784];
        (pixels[300], pixels[301]) = (127, 64);
        string path = folder.Write("i8.npy", Npy("|i1", "(1, 28, 28)", pixels));
        ImageSet set = ImageSource.Open(path, Split.All);
        Assert.Equal((255, 129), (set.Pixels[300], set.Pixels[301]));
        Assert.Equal("numbers are signed bytes (int8): values are read as 0..127 and multiplied by 2.008; save uint8 for 0..255",
            set.Remarks[0]);
    }

    static ImageSet OpenNpz(string type, string shape, string bytes, out string path)
    {
        using var folder = new TemporaryFolder();
        path = folder["d.npz"];
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Add(archive, "images", Npy("|u1", "(2, 28, 28)", Samples.IdxImages(2)[16..]));
            Add(archive, "labels", Npy(type, shape, Convert.FromHexString(bytes)));
        }
        return ImageSource.Open(path, Split.All);
    }

    static void Add(ZipArchive archive, string name, byte[] file)
    {
        using Stream entry = archive.CreateEntry($"{name}.npy").Open();
        entry.Write(file);
    }

    static byte[] Npy(string type, string shape, byte[] elements)
    {
        string described = type.StartsWith('[') ? type : $"'{type}'";
        string header = $"{{'descr': {described}, 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. elements];
    }
}
