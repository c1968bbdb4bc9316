using System.Formats.Tar;

namespace Toolchain.Data;

/// <summary>The image files of a tar archive, in the archive's order. Nothing is unpacked to the disk, so names in it can do no harm.</summary>
sealed class TarStream : DigitStream
{
    readonly string path;
    readonly FileStream? file;
    readonly Stream content;
    readonly TarReader archive;
    PendingImage? next;
    string nextName = "";

    /// <param name="name">What a report calls the dataset.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="content">The unpacked archive; disposed with this.</param>
    /// <param name="file">The file it comes from, or null for a pipe.</param>
    public TarStream(string name, string path, Stream content, FileStream? file) : base(name, Split.All, null, false)
    {
        (this.path, this.content, this.file, Source) = (path, content, file, path);
        archive = new TarReader(content, leaveOpen: true);
        Advance();
        // The first image decides: its folder is a digit, or labels are not known.
        IsLabelled = next is not null && FileListStream.LabelOf(nextName) is not null;
    }

    public override string? Fingerprint => file is null ? null : TensorStream.FileFingerprint(file.Name);

    /// <summary>Whether bytes start as a tar archive of POSIX or GNU does.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> start) => start.Length >= 262 && start[257..262].SequenceEqual("ustar"u8);

    public override void Dispose()
    {
        archive.Dispose();
        content.Dispose();
        file?.Dispose();
        base.Dispose();
    }

    private protected override int Fill(DigitBatch batch, int count)
    {
        int row = 0;
        for (; row < count && next is not null; row++)
        {
            byte? label = FileListStream.LabelOf(nextName);
            if (label is not null != IsLabelled)
            {
                throw new InvalidDataException($"'{path}': expected all images below folders named 0..9, or none, found '{nextName}' among others; move one kind elsewhere.");
            }
            batch.Set(row, next, nextName, label ?? 0);
            Advance();
        }
        return row;
    }

    void Advance()
    {
        next = null;
        try
        {
            while (archive.GetNextEntry() is TarEntry entry)
            {
                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && ImageFile.HasImageName(entry.Name))
                {
                    nextName = entry.Name;
                    next = Pending(entry);
                    return;
                }
            }
            // Behind the archive's end lie zeros; of a gzip stream the checksum is there.
            ExactRead.ToEnd(content, path);
        }
        catch (Exception damaged) when (damaged is EndOfStreamException or FormatException or ArgumentException or OverflowException or NotSupportedException or InvalidDataException { Message: [not '\'', ..] })
        {
            throw new InvalidDataException($"'{path}': expected a whole tar archive, found otherwise behind '{nextName}': {damaged.Message.ReplaceLineEndings(" ")} Get the file again.", damaged);
        }
    }

    PendingImage Pending(TarEntry entry)
    {
        string place = $"{path}, {entry.Name}";
        return entry.Length > ImageBuffer.MaxFileBytes
            ? new(place, Problem: $"'{place}': expected an image file of less than {ImageBuffer.MaxFileBytes} bytes, found {entry.Length}; scale the image down.")
            : new(place, entry.DataStream is null ? [] : ExactRead.Bytes(entry.DataStream, entry.Length, place, 0, "image"));
    }
}
