using System.Security.Cryptography;
using Toolchain.Data.Reading;

namespace Toolchain.Data.Mnist;

/// <summary>One of the four files of MNIST: its published name and what its uncompressed bytes must hash to.</summary>
sealed record MnistFile(string Name, string Sha256, int SizeBytes)
{
    public static MnistFile TrainImages { get; } =
        new("train-images-idx3-ubyte", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", 47_040_016);

    public static MnistFile TrainLabels { get; } =
        new("train-labels-idx1-ubyte", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", 60_008);

    public static MnistFile TestImages { get; } =
        new("t10k-images-idx3-ubyte", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", 7_840_016);

    public static MnistFile TestLabels { get; } =
        new("t10k-labels-idx1-ubyte", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", 10_008);

    /// <summary>The uncompressed bytes, checked.</summary>
    /// <param name="packed">The file or the answer of a server, gzipped or not; must be able to seek.</param>
    /// <param name="source">Path or address, for errors.</param>
    /// <exception cref="InvalidDataException">Truncated, too long, or not the published bytes.</exception>
    public byte[] ReadChecked(Stream packed, string source)
    {
        using Stream stream = GzipReader.Unpack(packed);
        byte[] bytes = ExactRead.Bytes(stream, SizeBytes, source, 0, Name);
        ExactRead.End(stream, source, SizeBytes);
        string found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return found == Sha256 ? bytes
            : throw new InvalidDataException($"'{source}': expected SHA-256 {Sha256} of the {SizeBytes} uncompressed bytes, found {found}; "
            + $"delete the file, and it is downloaded again.");
    }
}
