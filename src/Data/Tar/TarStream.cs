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
    int[]? labels;

    /// <param name="name">What a report calls the dataset.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="content">The unpacked archive; disposed with this.</param>
    /// <param name="file">The file it comes from, or null for a pipe.</param>
    /// <param name="again">Opens the same unpacked archive once more; null for a pipe.</param>
    public TarStream(string name, string path, Stream content, FileStream? file, Func<Stream>? again) : base(name, Split.All, null)
    {
        (this.path, this.content, this.file, this.again, Source) = (path, content, file, again, path);
        archive = Archive(content);
    }

    public override string? Fingerprint => file is null ? null : TensorStream.FileFingerprint(file.Name);

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
            batch.Set(row, next.Image, next.Name, labels is null ? Digit(Position + row, next.Name)
                : labels[Math.Min(Position + row, labels.Length - 1)]);
        }
        return row;
    }

    // Labels are decided here too: by these images on a pipe, by all where the archive can be read once more.
    private protected override IReadOnlyList<PendingImage> Sample()
    {
        for (long bytes = 0; ahead.Count < SourceSurvey.Images && bytes < SampleBytes
            && TryRead(out (string Name, PendingImage Image) next);)
        {
            ahead.Enqueue(next);
            bytes += next.Image.Bytes?.Length ?? 0;
        }
        if (again is null)
        {
            Classes = ahead.Any(image => FolderClasses.DigitOf(image.Name) is not null) ? ImageClasses.Digits : null;
            int index = 0;
            foreach ((string name, _) in ahead)
            {
                _ = Digit(index++, name);
            }
            if (Classes is null && FolderClasses.Of([.. ahead.Select(image => image.Name)], path, []) is not null)
            {
                ClassLabels.LeaveOut(Noticed, path, "folders are classes once all of an archive is listed, and a pipe is read but once; "
                    + "give the file itself");
            }
        }
        else if (ahead.Any(image => image.Name.Contains('/', StringComparison.Ordinal)))
        {
            ClassLabels? found = FolderClasses.Of(AllNames(again), path, Noticed);
            (labels, Classes) = (found?.Labels, found?.Classes);
        }
        return [.. ahead.Select(image => image.Image)];
    }

    int Digit(long index, string name)
    {
        int? digit = FolderClasses.DigitOf(name);
        if (IsLabelled && digit is null)
        {
            DropLabels(index, $"'{name}', which lies below no folder named 0..9");
        }
        return digit ?? 0;
    }

    // Damage is found when the images are read.
    List<string> AllNames(Func<Stream> open)
    {
        using Stream whole = open();
        using TarReader entries = Archive(whole);
        List<string> names = [];
        try
        {
            while (entries.GetNextEntry() is TarEntry entry)
            {
                if (IsImage(entry))
                {
                    names.Add(entry.Name);
                }
            }
        }
        catch (Exception damaged) when (IsDamage(damaged))
        {
        }
        return names;
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
        // A message that starts with a quote has the path already.
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
                + "scale the image down.")
            : new(place, entry.DataStream is null ? [] : ExactRead.Bytes(entry.DataStream, new(place, 0, entry.Length, "image")));
    }
}
