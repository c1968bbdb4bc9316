using System.Security.Cryptography;
using Toolchain.Data.Reading;

namespace Toolchain.Data.Published;

/// <summary>A gzipped file of a published dataset and what its bytes must hash to.</summary>
/// <param name="Name">Its name without .gz.</param>
/// <param name="Sha256">Of its uncompressed bytes, where it is known.</param>
/// <param name="Md5">Of the file as it is published, gzipped; where the other is not known. Null in an archive, which has its own.</param>
/// <param name="SizeBytes">Of its uncompressed bytes.</param>
sealed record PublishedFile(string Name, string? Sha256, string? Md5, int SizeBytes)
{
    /// <summary>The uncompressed bytes, checked. Of an uncompressed file that only its gzipped form has a digest of, the size is.</summary>
    /// <param name="packed">The file or the answer of a server, gzipped or not; must be able to seek.</param>
    /// <param name="source">Path or address, for errors.</param>
    /// <exception cref="InvalidDataException">Truncated, too long, or not the published bytes.</exception>
    public byte[] ReadChecked(Stream packed, string source)
    {
        using Stream stream = GzipReader.Unpack(packed);
        if (Sha256 is null && Md5 is not null && stream is GzipReader)
        {
            packed.Position = 0;
            Require("MD5", Md5, Convert.ToHexStringLower(MD5.HashData(packed)), "the file", source);
            packed.Position = 0;
            using Stream again = GzipReader.Unpack(packed);
            return Whole(again, source);
        }
        byte[] bytes = Whole(stream, source);
        if (Sha256 is not null)
        {
            Require("SHA-256", Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)), $"the {SizeBytes} uncompressed bytes", source);
        }
        return bytes;
    }

    byte[] Whole(Stream stream, string source)
    {
        byte[] bytes = ExactRead.Bytes(stream, new(source, 0, SizeBytes, Name));
        ExactRead.End(stream, source, SizeBytes);
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
