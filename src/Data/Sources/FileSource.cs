namespace Toolchain.Data;

/// <summary>Single files, told apart by their first bytes.</summary>
static class FileSource
{
    public static DigitStream Open(string path, Split split)
    {
        FileStream file = OpenRead(path);
        try
        {
            if (!file.CanSeek)
            {
                return PipeSource.Open(file, path);
            }
            byte[] start = new byte[FileKinds.MagicBytes];
            ReadOnlySpan<byte> magic = start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
            file.Position = 0;
            string name = Path.GetFileName(path);
            switch (FileKinds.Of(magic))
            {
                case FileKind.Parquet:
                    return new ParquetStream(name, path, file);
                case FileKind.Zip:
                    return NpzFile.Open(name, path, file, split);
                case var kind when FileKinds.IsImage(kind):
                    file.Dispose();
                    return new FileListStream(name, path, Path.GetDirectoryName(path) ?? "", [name]);
                default:
                    return PipeSource.Open(name, path, file, magic);
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public static DigitStream OpenPair(string imagesPath, string labelsPath)
    {
        FileStream packed = OpenRead(imagesPath);
        try
        {
            Stream images = IdxFile.Unpack(packed);
            PixelLayout layout = IdxFile.ReadLayout(images, imagesPath);
            using FileStream file = OpenRead(labelsPath);
            using Stream unpacked = IdxFile.Unpack(file);
            byte[] labels = IdxFile.ReadLabels(unpacked, labelsPath);
            return labels.Length == layout.Count
                ? new TensorStream(Path.GetFileName(imagesPath), imagesPath, images, layout,
                    Array.ConvertAll(labels, label => (long?)label), packed: packed)
                : throw new InvalidDataException($"'{labelsPath}': offset 4: expected {layout.Count} labels, as many as '{imagesPath}' has "
                + $"images, found {labels.Length}; give the labels of these images.");
        }
        catch
        {
            packed.Dispose();
            throw;
        }
    }

    static FileStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
}
