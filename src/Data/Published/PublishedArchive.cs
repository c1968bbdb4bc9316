using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Toolchain.Data.Reading;

namespace Toolchain.Data.Published;

/// <summary>A zip or gzipped tar file in which a dataset's files are published together.</summary>
/// <param name="Name">Its name, which ends with .zip or .tar.gz.</param>
/// <param name="Folder">The folder in it with the files, with a slash at its end.</param>
/// <param name="Md5">Of its bytes.</param>
sealed record PublishedArchive(string Name, string Folder, string Md5)
{
    bool IsZip => Name.EndsWith(".zip", StringComparison.Ordinal);

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

    /// <summary>The uncompressed bytes of files in it, by name; the archive is checked first, and read once.</summary>
    /// <exception cref="InvalidDataException">The archive is not the published one, or lacks a file.</exception>
    public IReadOnlyDictionary<string, PublishedContent> Read(string path, IReadOnlyList<PublishedFile> files)
    {
        using FileStream stream = File.OpenRead(path);
        Check(stream, path);
        Dictionary<string, PublishedFile> wanted = files.ToDictionary(file => $"{Folder}{file.PublishedName}");
        Dictionary<string, PublishedContent> found = [];
        if (IsZip)
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            foreach (string name in wanted.Keys.ToArray())
            {
                using Stream? content = archive.GetEntry(name)?.Open();
                Take(name, content);
            }
        }
        else
        {
            using var archive = new TarReader(new GzipReader(stream));
            while (archive.GetNextEntry() is TarEntry entry)
            {
                Take(entry.Name, entry.DataStream);
            }
        }
        return wanted.Count == 0 ? found
            : throw new InvalidDataException($"'{path}': expected '{wanted.Keys.First()}' in it, found no such file.");

        void Take(string name, Stream? content)
        {
            if (content is not null && wanted.Remove(name, out PublishedFile? file))
            {
                using var packed = new MemoryStream();
                content.CopyTo(packed);
                packed.Position = 0;
                found.Add(file.Name, new($"{path}:{name}", file.ReadChecked(packed, $"{path}:{name}")));
            }
        }
    }
}
