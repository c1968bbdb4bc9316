using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;
using Toolchain.Data.Images;
using Toolchain.Data.Streams;

namespace Toolchain.Data.Files;

/// <summary>Image files, in the order given.</summary>
sealed class FileListStream : ImageStream
{
    readonly string folder;
    readonly string[] names;
    readonly int[] labels;
    string? fingerprint;

    /// <param name="name">What a report calls them.</param>
    /// <param name="source">Named in errors: the folder, or where the list came from.</param>
    /// <param name="folder">What relative names start from; empty for the current folder.</param>
    /// <param name="names">Paths of the files.</param>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public FileListStream(string name, string source, string folder, string[] names)
        : this(name, source, folder, new Part(names, names, Split.All))
    {
    }

    FileListStream(string name, string source, string folder, Part part) : base(name, part.Split, part.Names.Length)
    {
        (this.folder, names, Source) = (folder, part.Names, source);
        if (names.Length == 0)
        {
            throw new InvalidDataException($"'{source}': expected images ({ImageFile.Kinds}), found none; name another source.");
        }
        ClassLabels? known = FolderClasses.Of(part.All, source, Noticed); // the same classes in each part
        if (known is null && folder != "" && FolderClasses.OnlyFolder(part.All) is string only)
        {
            ClassLabels.LeaveOut(Noticed, source, $"all images lie in one folder, '{only}', and classes are two folders or more");
        }
        labels = new int[names.Length];
        for (int i = 0, from = 0; known is not null && i < labels.Length; i++, from++)
        {
            while (!ReferenceEquals(part.All[from], names[i]))
            {
                from++;
            }
            labels[i] = known.Labels[from];
        }
        Classes = known is null || folder == "" ? known?.Classes : ClassLabels.Named(known.Classes, folder, Noticed);
    }

    // Files of a part, and those of all parts, in the same order.
    readonly record struct Part(string[] All, string[] Names, Split Split);

    public override string? Fingerprint =>
        fingerprint ??= $"{names.Length} files in '{Path.GetFullPath(folder == "" ? "." : folder)}', names {Digest(names)}";

    /// <summary>
    /// Image files in a folder and the folders below it, in ordinal order of their paths, whatever their order on the disk; of a part,
    /// where there are folders of parts.
    /// </summary>
    public static FileListStream OfFolder(string folder, Split split)
    {
        // Paths relative to the folder, with / on every system. Links to folders are not followed: they may lead round in circles.
        string full = Path.GetFullPath(folder);
        int start = Path.TrimEndingDirectorySeparator(full).Length + (Path.EndsInDirectorySeparator(full) && full.Length == 1 ? 0 : 1);
        var found = new FileSystemEnumerable<string>(full, (ref FileSystemEntry entry) =>
            entry.ToFullPath()[start..].Replace(Path.DirectorySeparatorChar, '/'),
            new() { RecurseSubdirectories = true, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && ImageFile.HasImageName(entry.FileName),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0
                && IsReadable(ref entry),
        };
        string[] names = [.. found];
        Array.Sort(names, StringComparer.Ordinal);
        (string[] wanted, split) = FolderClasses.PartOf(names, split);
        return new(Path.GetFileName(Path.TrimEndingDirectorySeparator(full)), folder, folder, new Part(names, wanted, split));
    }

    // A folder whose name .NET cannot spell would be passed over without a word.
    static bool IsReadable(ref FileSystemEntry entry) => !entry.FileName.Contains('\uFFFD') ? true
        : throw new InvalidDataException($"'{Printable.Line(entry.ToFullPath())}': expected a folder named in UTF-8, found another name; "
            + "rename it.");

    public override bool ReadAgain(ImageBatch batch, long first, int count)
    {
        Prepare(batch);
        (batch.First, batch.Count) = (first, count);
        Set(batch, (int)first, count);
        return true;
    }

    private protected override int Fill(ImageBatch batch, int count)
    {
        int taken = Math.Min(count, names.Length - (int)Position);
        Set(batch, (int)Position, taken);
        return taken;
    }

    private protected override IReadOnlyList<PendingImage> Sample()
    {
        int count = Math.Min(names.Length, SourceSurvey.Images);
        return [.. Enumerable.Range(0, count).Select(i => new PendingImage(Path.Combine(folder, names[(long)i * names.Length / count])))];
    }

    private protected override long Pass(long count) => Math.Min(count, names.Length - Position);

    void Set(ImageBatch batch, int first, int count)
    {
        for (int row = 0; row < count; row++)
        {
            string name = names[first + row];
            batch.Set(row, new PendingImage(Path.Combine(folder, name)), name, labels[first + row]);
        }
    }

    // A name cannot hold the zero that parts them.
    static string Digest(string[] names) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', names))));
}
