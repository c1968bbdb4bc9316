using Toolchain.Data.Idx;

namespace Toolchain.Data.Mnist;

/// <summary>MNIST from $UVL_DATA_DIR/mnist, else the user's cache, else a mirror, each file by its digest.</summary>
static class MnistSource
{
    public static DigitSet Open(Split split, DigitSourceOptions options)
    {
        byte[] pixels = [], labels = [];
        if (split is Split.Train or Split.All)
        {
            pixels = Images(MnistFile.TrainImages, options);
            labels = Labels(MnistFile.TrainLabels, options);
        }
        if (split is Split.Test or Split.All)
        {
            pixels = [.. pixels, .. Images(MnistFile.TestImages, options)];
            labels = [.. labels, .. Labels(MnistFile.TestLabels, options)];
        }
        return new("mnist", split, pixels, labels);
    }

    static byte[] Images(MnistFile file, DigitSourceOptions options) => Elements(file, options, IdxFile.ReadImages);

    static byte[] Labels(MnistFile file, DigitSourceOptions options) =>
        Elements(file, options, (stream, path) => [.. IdxFile.ReadLabels(stream, path).Values!.Select(label => (byte)label!)]);

    static byte[] Elements(MnistFile file, DigitSourceOptions options, Func<Stream, string, byte[]> read)
    {
        using var bytes = new MemoryStream(Find(file, options));
        return read(bytes, file.Name);
    }

    static byte[] Find(MnistFile file, DigitSourceOptions options)
    {
        string cache = Path.Combine(options.CacheFolder ?? UserCache.Folder, "mnist");
        string? given = options.DataFolder ?? Environment.GetEnvironmentVariable("UVL_DATA_DIR");
        string[] folders = string.IsNullOrEmpty(given) ? [cache] : [Path.Combine(given, "mnist"), cache];
        foreach (string folder in folders)
        {
            foreach (string path in new[] { Path.Combine(folder, file.Name), Path.Combine(folder, file.Name + ".gz") })
            {
                if (File.Exists(path))
                {
                    using FileStream stream = File.OpenRead(path);
                    return file.ReadChecked(stream, path);
                }
            }
        }
        return MnistDownload.Fetch(file, Path.Combine(cache, file.Name + ".gz"), folders, options);
    }
}
