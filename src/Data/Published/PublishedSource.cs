using Toolchain.Data.Reading;

namespace Toolchain.Data.Published;

/// <summary>A published dataset from its folder in $UVL_DATA_DIR, else the user's cache, else a mirror, each file by its digest.</summary>
static class PublishedSource
{
    /// <summary>The images of a folder with a dataset's unpacked files in it; null where it lacks one of them.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="split">The part of the dataset.</param>
    public static ImageSet? OpenFolder(PublishedDataset dataset, string folder, Split split) =>
        Parts(dataset, split).SelectMany(part => part.Files).All(file => File.Exists(Path.Combine(folder, file.Name)))
            ? Open(dataset with { Folder = Path.GetFullPath(folder) }, split, new()) : null;

    public static ImageSet Open(PublishedDataset dataset, Split split, ImageSourceOptions options)
    {
        (byte[] pixels, int[] labels) = LabelledPixels.Concatenate([.. Parts(dataset, split).Select(part => Read(dataset, part, options))]);
        PublishedCard card = dataset.Card;
        return new(dataset.Name, split, pixels, new()
        {
            Labels = labels,
            Classes = new(card.Classes.Count, card.Classes),
            Preprocess = new(card.Shape, card.Fit),
            Content = card.Content,
        });
    }

    static PublishedPart[] Parts(PublishedDataset dataset, Split split) => split switch
    {
        Split.Train => [dataset.Train],
        Split.Test => [dataset.Test],
        _ => [dataset.Train, dataset.Test],
    };

    static LabelledPixels Read(PublishedDataset dataset, PublishedPart part, ImageSourceOptions options)
    {
        IReadOnlyList<PublishedContent> files = Find(dataset, part, options);
        LabelledPixels read = dataset.Reader(files, dataset.Card.Shape);
        return read.Labels.Length == part.Count && read.Pixels.Length == (long)part.Count * dataset.Card.Shape.Size ? read
            : throw new InvalidDataException($"'{files[0].Path}': expected {part.Count} images of {dataset.Card.Shape} with labels, found "
                + $"{read.Pixels.Length / dataset.Card.Shape.Size} with {read.Labels.Length} labels; get the file again.");
    }

    // Single files go before the archive: who has unpacked it needs it no more.
    static List<PublishedContent> Find(PublishedDataset dataset, PublishedPart part, ImageSourceOptions options)
    {
        string cache = Path.Combine(options.CacheFolder ?? UserCache.Folder, dataset.Folder);
        string? given = options.DataFolder ?? Environment.GetEnvironmentVariable("UVL_DATA_DIR");
        string[] folders = string.IsNullOrEmpty(given) ? [cache] : [Path.Combine(given, dataset.Folder), cache];
        var download = new PublishedDownload(dataset, folders, options);
        if (dataset.Archive is not { } archive)
        {
            return [.. part.Files.Select(file => Present(file, folders)
                ?? download.Fetch(file, Path.Combine(cache, file.PublishedName)))];
        }
        string[] unpacked = [.. folders.SelectMany(folder => new[] { folder, Path.Combine(folder, archive.Folder) })];
        PublishedContent?[] found = [.. part.Files.Select(file => Present(file, unpacked))];
        PublishedFile[] absent = [.. part.Files.Where((_, index) => found[index] is null)];
        if (absent is [var first, ..])
        {
            string path = Array.Find([.. folders.Select(folder => Path.Combine(folder, archive.Name))], File.Exists)
                ?? download.Fetch(archive, first, Path.Combine(cache, archive.Name));
            IReadOnlyDictionary<string, PublishedContent> read = archive.Read(path, absent);
            return [.. part.Files.Select((file, index) => found[index] ?? read[file.Name])];
        }
        return [.. found.Select(file => file!)];
    }

    static PublishedContent? Present(PublishedFile file, IEnumerable<string> folders)
    {
        string? path = folders.SelectMany(folder => new[] { Path.Combine(folder, file.Name), Path.Combine(folder, file.PublishedName) })
            .FirstOrDefault(File.Exists);
        if (path is null)
        {
            return null;
        }
        using FileStream stream = File.OpenRead(path);
        return new(path, file.ReadChecked(stream, path));
    }
}
