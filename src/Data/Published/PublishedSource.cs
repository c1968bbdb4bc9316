using Toolchain.Data.Idx;
using Toolchain.Data.Images;

namespace Toolchain.Data.Published;

/// <summary>A published dataset from its folder in $UVL_DATA_DIR, else the user's cache, else a mirror, each file by its digest.</summary>
static class PublishedSource
{
    public static ImageSet Open(PublishedDataset dataset, Split split, ImageSourceOptions options)
    {
        byte[] pixels = [];
        int[] labels = [];
        if (split is Split.Train or Split.All)
        {
            (pixels, labels) = Read(dataset, dataset.Train, options);
        }
        if (split is Split.Test or Split.All)
        {
            (byte[] images, int[] classes) = Read(dataset, dataset.Test, options);
            (pixels, labels) = ([.. pixels, .. images], [.. labels, .. classes]);
        }
        return new(dataset.Name, split, pixels, new()
        {
            Labels = labels,
            Classes = new(dataset.Classes.Count, dataset.Classes),
            Preprocess = new(ImageShape.Mnist, dataset.IsDigits ? FitMode.Digit : FitMode.Letterbox),
            Content = dataset.Content,
        });
    }

    static (byte[] Pixels, int[] Labels) Read(PublishedDataset dataset, (PublishedFile Images, PublishedFile Labels) part,
        ImageSourceOptions options)
    {
        using var images = new MemoryStream(Find(dataset, part.Images, options));
        using var labels = new MemoryStream(Find(dataset, part.Labels, options));
        byte[] pixels = IdxFile.ReadImages(images, part.Images.Name);
        for (int at = 0; dataset.IsTransposed && at < pixels.Length; at += ImageShape.Mnist.Size)
        {
            PictureFit.Transpose(pixels.AsSpan(at, ImageShape.Mnist.Size), ImageShape.Mnist);
        }
        return (pixels,
            [.. IdxFile.ReadLabels(labels, part.Labels.Name).Values!.Select(label => (int)label! - dataset.FirstLabel)]);
    }

    // Single files go before the archive: who has unpacked it needs it no more.
    static byte[] Find(PublishedDataset dataset, PublishedFile file, ImageSourceOptions options)
    {
        string cache = Path.Combine(options.CacheFolder ?? UserCache.Folder, dataset.Folder);
        string? given = options.DataFolder ?? Environment.GetEnvironmentVariable("UVL_DATA_DIR");
        string[] folders = string.IsNullOrEmpty(given) ? [cache] : [Path.Combine(given, dataset.Folder), cache];
        foreach (string path in folders.Select(folder => Path.Combine(folder, file.Name)).SelectMany(bare => new[] { bare, $"{bare}.gz" }))
        {
            if (File.Exists(path))
            {
                using FileStream stream = File.OpenRead(path);
                return file.ReadChecked(stream, path);
            }
        }
        var download = new PublishedDownload(dataset, folders, options);
        return dataset.Archive is { } archive
            ? archive.Read(Array.Find([.. folders.Select(folder => Path.Combine(folder, archive.Name))], File.Exists)
                ?? download.Fetch(archive, file, Path.Combine(cache, archive.Name)), file)
            : download.Fetch(file, Path.Combine(cache, $"{file.Name}.gz"));
    }
}
