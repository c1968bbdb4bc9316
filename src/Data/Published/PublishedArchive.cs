using System.IO.Compression;
using System.Security.Cryptography;

namespace Toolchain.Data.Published;

/// <summary>A zip file in which a dataset's gzipped files are published together.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">The folder in it with the files, with a slash at its end.</param>
/// <param name="Md5">Of its bytes.</param>
sealed record PublishedArchive(string Name, string Folder, string Md5)
{
    /// <summary>Requires the published bytes.</summary>
    /// <param name="archive">Its bytes; left at the start.</param>
    /// <param name="source">Path or address, for errors.</param>
    /// <exception cref="InvalidDataException">They are others.</exception>
    public void Check(Stream archive, string source)
    {
        archive.Position = 0;
        PublishedFile.Require("MD5", Md5, Convert.ToHexStringLower(MD5.HashData(archive)), "the file", source);
        archive.Position = 0;
    }

    /// <summary>The uncompressed bytes of a file in it; the archive is checked first.</summary>
    /// <exception cref="InvalidDataException">The archive is not the published one.</exception>
    public byte[] Read(string path, PublishedFile file)
    {
        using FileStream stream = File.OpenRead(path);
        Check(stream, path);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        ZipArchiveEntry entry = archive.GetEntry($"{Folder}{file.Name}.gz")
            ?? throw new InvalidDataException($"'{path}': expected '{Folder}{file.Name}.gz' in it, found no such file.");
        using var packed = new MemoryStream();
        using (Stream content = entry.Open())
        {
            content.CopyTo(packed);
        }
        packed.Position = 0;
        return file.ReadChecked(packed, $"{path}:{Folder}{file.Name}.gz");
    }
}
