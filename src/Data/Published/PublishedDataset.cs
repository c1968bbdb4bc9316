namespace Toolchain.Data.Published;

/// <summary>A dataset that is published as gzipped IDX files of 28 x 28 images and their labels, one by one or in a zip file.</summary>
/// <param name="Name">What --data calls it.</param>
/// <param name="Title">Its own name.</param>
/// <param name="Mirrors">Folders on the web with its files, tried in this order.</param>
/// <param name="Classes">What each label means.</param>
/// <param name="Train">Images and labels to train on.</param>
/// <param name="Test">Images and labels to test on.</param>
sealed record PublishedDataset(string Name, string Title, IReadOnlyList<Uri> Mirrors, IReadOnlyList<string> Classes,
    (PublishedFile Images, PublishedFile Labels) Train, (PublishedFile Images, PublishedFile Labels) Test)
{
    static readonly PublishedArchive emnist = new("gzip.zip", "gzip/", "58c8d27c78d21e728a6bc7b3cc06412e");

    static readonly string[] digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>All of them. Digests: of MNIST by us, of the others as torchvision has them (datasets/mnist.py).</summary>
    public static IReadOnlyList<PublishedDataset> All { get; } =
    [
        new("mnist", "MNIST",
            [new("https://ossci-datasets.s3.amazonaws.com/mnist/"), new("https://storage.googleapis.com/cvdf-datasets/mnist/")], digits,
            (new("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", null, ImageBytes(60_000)),
                new("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", null, 60_008)),
            (new("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", null, ImageBytes(10_000)),
                new("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", null, 10_008))),
        new("fashion-mnist", "Fashion-MNIST", [new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/")],
            ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"],
            Idx("train", 60_000, "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe"),
            Idx("t10k", 10_000, "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310")) { Content = ImageContent.Objects },
        new("kmnist", "Kuzushiji-MNIST", [new("http://codh.rois.ac.jp/kmnist/dataset/kmnist/")],
            ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
            Idx("train", 60_000, "bdb82020997e1d708af4cf47b453dcf7", "e144d726b3acfaa3e44228e80efcd344"),
            Idx("t10k", 10_000, "5c965bf0a639b31b8f53240b1b52f4d7", "7320c461ea6c1c855c0b718fb2a4b134")),
        new("qmnist", "QMNIST", [new("https://raw.githubusercontent.com/facebookresearch/qmnist/master/")], digits,
            Wide("train", "ed72d4157d28c017586c42bc6afe6370", "0058f8dd561b90ffdd0f734c6a30e5e4"),
            Wide("test", "1394631089c404de565df7b7aeaf9412", "5b5b05890a5e13444e108efe57b788aa")),
        Emnist("balanced", [.. "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt".Select(letter => $"{letter}")], 112_800, 18_800),
        Emnist("letters", [.. "abcdefghijklmnopqrstuvwxyz".Select(letter => $"{letter}")], 124_800, 20_800) with { FirstLabel = 1 },
        Emnist("digits", digits, 240_000, 40_000),
    ];

    /// <summary>The folder below UVL_DATA_DIR and in the cache that holds its files.</summary>
    public string Folder { get; init; } = Name;

    /// <summary>Where its files are published together, or null.</summary>
    public PublishedArchive? Archive { get; init; }

    /// <summary>Whether rows and columns of its images are swapped.</summary>
    public bool IsTransposed { get; init; }

    /// <summary>The label of its first class.</summary>
    public int FirstLabel { get; init; }

    /// <summary>Whether its images are digits, which a picture is cut to the ink for.</summary>
    public bool IsDigits => Classes == digits;

    /// <summary>What its images show.</summary>
    public ImageContent Content { get; init; }

    static int ImageBytes(int count) => 16 + count * ImageShape.Mnist.Size;

    static (PublishedFile, PublishedFile) Idx(string part, int count, string images, string labels) =>
        (new($"{part}-images-idx3-ubyte", null, images, ImageBytes(count)), new($"{part}-labels-idx1-ubyte", null, labels, 8 + count));

    // Cohen et al. 2017, "EMNIST: an extension of MNIST to handwritten letters": balanced has the classes that are left where capitals and
    // small letters that look alike are merged; letters has all of them merged, and counts from 1.
    static PublishedDataset Emnist(string split, IReadOnlyList<string> classes, int train, int test) =>
        new($"emnist-{split}", $"EMNIST {split}", [new("https://biometrics.nist.gov/cs_links/EMNIST/")], classes,
            Packed($"emnist-{split}-train", train), Packed($"emnist-{split}-test", test))
        { Folder = "emnist", Archive = emnist, IsTransposed = true };

    static (PublishedFile, PublishedFile) Packed(string part, int count) =>
        (new($"{part}-images-idx3-ubyte", null, null, ImageBytes(count)), new($"{part}-labels-idx1-ubyte", null, null, 8 + count));

    // QMNIST has eight 32-bit numbers for a label, the class first.
    static (PublishedFile, PublishedFile) Wide(string part, string images, string labels) =>
        (new($"qmnist-{part}-images-idx3-ubyte", null, images, ImageBytes(60_000)),
            new($"qmnist-{part}-labels-idx2-int", null, labels, 12 + 60_000 * 8 * sizeof(int)));
}
