using System.Security.Cryptography;
using Toolchain.Data.Reading;

namespace Toolchain.Data.Published;

/// <summary>A file of a published dataset and what its bytes must hash to.</summary>
/// <param name="Name">Its name uncompressed.</param>
/// <param name="Sha256">Of its uncompressed bytes, where it is known.</param>
/// <param name="Md5">Of the file as it is published, compressed; where the other is not known. Null in an archive, which has its
/// own.</param>
/// <param name="SizeBytes">Of its uncompressed bytes; null where it is not known.</param>
sealed record PublishedFile(string Name, string? Sha256, string? Md5, int? SizeBytes)
{
    // Of a file of unknown size; USPS has 19 MB of text to train on.
    const int MostBytes = 64 << 20;

    /// <summary>What its name ends with as it is published: .gz, .bz2 or nothing.</summary>
    public string Ending { get; init; } = ".gz";

    /// <summary>The name under which it is published.</summary>
    public string PublishedName => Name + Ending;

    /// <summary>Its name for errors, with the ending that it may lack.</summary>
    public string AnyName => Ending.Length == 0 ? Name : $"{Name}[{Ending}]";

    /// <summary>The uncompressed bytes, checked. Of an uncompressed file that only its compressed form has a digest of, the size
    /// is.</summary>
    /// <param name="packed">The file or the answer of a server, compressed or not; must be able to seek.</param>
    /// <param name="source">Path or address, for errors.</param>
    /// <exception cref="InvalidDataException">Truncated, too long, or not the published bytes.</exception>
    public byte[] ReadChecked(Stream packed, string source)
    {
        byte[] start = new byte[FileKinds.MagicBytes];
        FileKind kind = FileKinds.Of(start.AsSpan(0, packed.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)));
        packed.Position = 0;
        if (Sha256 is null && Md5 is not null && kind is FileKind.Gzip or FileKind.Bzip2)
        {
            Require("MD5", Md5, Convert.ToHexStringLower(MD5.HashData(packed)), "the file", source);
            packed.Position = 0;
        }
        byte[] bytes = kind == FileKind.Bzip2 ? Bzip2.Unpack(packed, SizeBytes ?? MostBytes, source) : Whole(packed, source);
        if (Sha256 is not null)
        {
            Require("SHA-256", Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)), $"the {SizeBytes} uncompressed bytes", source);
        }
        return bytes;
    }

    byte[] Whole(Stream packed, string source)
    {
        using Stream stream = GzipReader.Unpack(packed);
        if (SizeBytes is not int size)
        {
            return ExactRead.UpTo(stream, MostBytes, source);
        }
        byte[] bytes = ExactRead.Bytes(stream, new(source, 0, size, Name));
        ExactRead.End(stream, source, size);
        return bytes;
    }

    /// <summary>Requires a digest.</summary>
    /// <exception cref="InvalidDataException">It is another.</exception>
    public static void Require(string digest, string expected, string found, string of, string source)
    {
        if (found != expected)
        {
            throw new InvalidDataException($"'{source}': expected {digest} {expected} of {of}, found {found}; delete the file, and it is "
                + "downloaded again.");
        }
    }
}
