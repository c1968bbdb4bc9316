using System.Formats.Tar;
using Toolchain.Data.Files;
using Toolchain.Data.Images;
using Toolchain.Data.Reading;
using Toolchain.Data.Streams;

namespace Toolchain.Data.Tar;

/// <summary>
/// The image files of a tar archive, in the archive's order. Nothing is unpacked to the disk, so names in it can do no harm.
/// </summary>
sealed class TarStream : ImageStream
{
    // What is looked at before the first image is read stays in memory.
    const int SampleBytes = 16 << 20;

    readonly string path;
    readonly FileStream? file;
    readonly Stream content;
    readonly Func<Stream>? again;
    readonly TarReader archive;
    readonly Queue<(string Name, PendingImage Image)> ahead = new();
    string lastName = "";

    /// <param name="name">What a report calls the dataset.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="content">The unpacked archive; disposed with this.</param>
    /// <param name="file">The file it comes from, or null for a pipe.</param>
    /// <param name="again">Opens the same unpacked archive once more; null for a pipe.</param>
    public TarStream(string name, string path, Stream content, FileStream? file, Func<Stream>? again) : base(name, Split.All, null, false)
    {
        (this.path, this.content, this.file, this.again, Source) = (path, content, file, again, path);
        archive = Archive(content);
    }

    public override string? Fingerprint => file is null ? null : TensorStream.FileFingerprint(file.Name);

    /// <summary>Whether bytes start as a tar archive of POSIX or GNU does.</summary>
    public override void Dispose()
    {
        archive.Dispose();
        content.Dispose();
        file?.Dispose();
        base.Dispose();
    }

    private protected override int Fill(ImageBatch batch, int count)
    {
        int row = 0;
        for (; row < count && (ahead.TryDequeue(out (string Name, PendingImage Image) next) || TryRead(out next)); row++)
        {
            byte? label = FileListStream.LabelOf(next.Name);
            if (IsLabelled && label is null)
            {
                DropLabels(Position + row, $"'{next.Name}', which lies below no folder named 0..9");
            }
            batch.Set(row, next.Image, next.Name, label ?? 0);
        }
        return row;
    }

    // They decide about labels too, and all others where the archive can be read once more: every image lies below a folder named by a
    // digit, or labels are not known.
    private protected override IReadOnlyList<PendingImage> Sample()
    {
        for (long bytes = 0; ahead.Count < SourceSurvey.Images && bytes < SampleBytes
            && TryRead(out (string Name, PendingImage Image) next);)
        {
            ahead.Enqueue(next);
            bytes += next.Image.Bytes?.Length ?? 0;
        }
        int labelled = ahead.Count(image => FileListStream.LabelOf(image.Name) is not null);
        string? other = labelled == 0 ? null : ahead.Select(image => image.Name)
            .FirstOrDefault(name => FileListStream.LabelOf(name) is null)
            ?? LaterOther();
        IsLabelled = labelled > 0 && other is null;
        if (other is not null)
        {
            Noticed.Add($"'{path}': labels are left out: not every image lies below a folder named 0..9, '{Printable.Line(other)}' does "
                + $"not");
        }
        return [.. ahead.Select(image => image.Image)];
    }

    // The first image of the whole archive without a digit; damage is found when the images are read.
    string? LaterOther()
    {
        if (again is null)
        {
            return null;
        }
        using Stream whole = again();
        using TarReader entries = Archive(whole);
        try
        {
            while (entries.GetNextEntry() is TarEntry entry)
            {
                if (IsImage(entry) && FileListStream.LabelOf(entry.Name) is null)
                {
                    return entry.Name;
                }
            }
        }
        catch (Exception damaged) when (IsDamage(damaged))
        {
        }
        return null;
    }

    TarReader Archive(Stream unpacked) => new(new TarGuard(unpacked, path), leaveOpen: true);

    static bool IsImage(TarEntry entry) =>
        entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && ImageFile.HasImageName(entry.Name);

    static bool IsDamage(Exception thrown) => thrown is EndOfStreamException or FormatException or ArgumentException or OverflowException
        or NotSupportedException or InvalidOperationException or InvalidDataException;

    bool TryRead(out (string Name, PendingImage Image) read)
    {
        try
        {
            while (archive.GetNextEntry() is TarEntry entry)
            {
                if (IsImage(entry))
                {
                    lastName = entry.Name;
                    read = (entry.Name, Pending(entry));
                    return true;
                }
            }
            // Behind the archive's end lie zeros; of a gzip stream the checksum is there.
            ExactRead.ToEnd(content, path);
            read = default;
            return false;
        }
        catch (Exception damaged) when (IsDamage(damaged) && damaged is not InvalidDataException { Message: ['\'', ..] })
        {
            throw new InvalidDataException($"'{path}': expected a whole tar archive, found otherwise behind "
                + $"'{Printable.Line(lastName)}': {Printable.Line(damaged.Message)} Get the file again.", damaged);
        }
    }

    PendingImage Pending(TarEntry entry)
    {
        string place = $"{path}, {Printable.Line(entry.Name)}";
        return entry.Length > ImageBuffer.MaxFileBytes
            ? new(place, Problem: $"'{place}': expected an image file of less than {ImageBuffer.MaxFileBytes} bytes, found {entry.Length}; "
            + $"scale the image down.")
            : new(place, entry.DataStream is null ? [] : ExactRead.Bytes(entry.DataStream, entry.Length, place, 0, "image"));
    }
}
