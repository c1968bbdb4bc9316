using Toolchain.Data.Cifar;

namespace Toolchain.Data.Published;

/// <summary>The datasets that --data knows by name.</summary>
static class PublishedTable
{
    static readonly PublishedArchive emnist = new("gzip.zip", "gzip/", "58c8d27c78d21e728a6bc7b3cc06412e");

    static readonly string[] digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    static readonly PublishedCard writtenDigits = new(ImageShape.Mnist, FitMode.Digit, ImageContent.Writing, digits);

    /// <summary>CIFAR-10: objects in colour. Source: https://www.cs.toronto.edu/~kriz/cifar.html.</summary>
    public static PublishedDataset Cifar10 { get; } = new("cifar10", "CIFAR-10", [new("https://www.cs.toronto.edu/~kriz/")],
        new(CifarFile.Shape, FitMode.Letterbox, ImageContent.Objects, CifarFile.Classes),
        new(50_000, [.. Enumerable.Range(1, 5).Select(batch => Batch($"data_batch_{batch}.bin"))]),
        new(10_000, Batch("test_batch.bin")))
    {
        Archive = new("cifar-10-binary.tar.gz", "cifar-10-batches-bin/", "c32a1d4ab5d03f1284b67883e8d87530"),
        Reader = PublishedReaders.Cifar,
    };

    /// <summary>All of them. MNIST's digests are ours, the others torchvision's (datasets/mnist.py, usps.py) and CIFAR-10's page.</summary>
    public static IReadOnlyList<PublishedDataset> All { get; } =
    [
        new("mnist", "MNIST",
            [new("https://ossci-datasets.s3.amazonaws.com/mnist/"), new("https://storage.googleapis.com/cvdf-datasets/mnist/")],
            writtenDigits,
            new(60_000,
                new("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", null,
                    ImageBytes(60_000)),
                new("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", null, 60_008)),
            new(10_000,
                new("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", null, ImageBytes(10_000)),
                new("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", null, 10_008))),
        new("fashion-mnist", "Fashion-MNIST", [new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/")],
            new(ImageShape.Mnist, FitMode.Letterbox, ImageContent.Objects,
                ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]),
            Idx("train", 60_000, "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe"),
            Idx("t10k", 10_000, "bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310")),
        new("kmnist", "Kuzushiji-MNIST", [new("http://codh.rois.ac.jp/kmnist/dataset/kmnist/")],
            Letters(["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]),
            Idx("train", 60_000, "bdb82020997e1d708af4cf47b453dcf7", "e144d726b3acfaa3e44228e80efcd344"),
            Idx("t10k", 10_000, "5c965bf0a639b31b8f53240b1b52f4d7", "7320c461ea6c1c855c0b718fb2a4b134")),
        new("qmnist", "QMNIST", [new("https://raw.githubusercontent.com/facebookresearch/qmnist/master/")], writtenDigits,
            Wide("train", "ed72d4157d28c017586c42bc6afe6370", "0058f8dd561b90ffdd0f734c6a30e5e4"),
            Wide("test", "1394631089c404de565df7b7aeaf9412", "5b5b05890a5e13444e108efe57b788aa")),
        Emnist("balanced", Letters([.. "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt".Select(letter => $"{letter}")]), 112_800, 18_800),
        Emnist("letters", Letters([.. "abcdefghijklmnopqrstuvwxyz".Select(letter => $"{letter}")]), 124_800, 20_800, firstLabel: 1),
        Emnist("digits", writtenDigits, 240_000, 40_000),
        Cifar10,
        new("usps", "USPS", [new("https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/")],
            writtenDigits with { Shape = new(1, 16, 16) },
            new(7_291, new PublishedFile("usps", null, "ec16c51db3855ca6c91edd34d0e9b197", null) { Ending = ".bz2" }),
            new(2_007, new PublishedFile("usps.t", null, "8ea070ee2aca1ac39742fdd1ef5ed118", null) { Ending = ".bz2" }))
        {
            Reader = PublishedReaders.LibSvm(digits.Length),
        },
    ];

    static int ImageBytes(int count) => 16 + count * ImageShape.Mnist.Size;

    static PublishedCard Letters(IReadOnlyList<string> classes) => new(ImageShape.Mnist, FitMode.Letterbox, ImageContent.Writing, classes);

    static PublishedPart Idx(string part, int count, string? images, string? labels) =>
        new(count, new PublishedFile($"{part}-images-idx3-ubyte", null, images, ImageBytes(count)),
            new PublishedFile($"{part}-labels-idx1-ubyte", null, labels, 8 + count));

    // Cohen et al. 2017, "EMNIST: an extension of MNIST to handwritten letters": balanced has the classes that are left where capitals and
    // small letters that look alike are merged; letters has all of them merged, and counts from 1.
    static PublishedDataset Emnist(string split, PublishedCard card, int train, int test, int firstLabel = 0) =>
        new($"emnist-{split}", $"EMNIST {split}", [new("https://biometrics.nist.gov/cs_links/EMNIST/")], card,
            Idx($"emnist-{split}-train", train, null, null), Idx($"emnist-{split}-test", test, null, null))
        { Folder = "emnist", Archive = emnist, Reader = PublishedReaders.TransposedIdx(firstLabel) };

    // QMNIST has eight 32-bit numbers for a label, the class first.
    static PublishedPart Wide(string part, string images, string labels) =>
        new(60_000, new PublishedFile($"qmnist-{part}-images-idx3-ubyte", null, images, ImageBytes(60_000)),
            new PublishedFile($"qmnist-{part}-labels-idx2-int", null, labels, 12 + 60_000 * 8 * sizeof(int)));

    static PublishedFile Batch(string name) => new(name, null, null, 10_000 * CifarFile.RecordBytes) { Ending = "" };
}
