namespace Toolchain.Data;

/// <summary>Single files, told apart by their first bytes.</summary>
static class FileSource
{
    public static DigitSet Open(string path, bool skipBad)
    {
        byte[] start = new byte[16];
        int length;
        using (FileStream stream = File.OpenRead(path))
        {
            length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }
        ReadOnlySpan<byte> magic = start.AsSpan(0, length);
        string name = Path.GetFileName(path);
        if (magic.StartsWith(NpyHeader.Magic))
        {
            return new(name, Split.All, NpyDigits.Pixels(Npy.Read(path), path));
        }
        if (magic.StartsWith("PAR1"u8))
        {
            return ParquetSource.Open(path, skipBad);
        }
        if (ImageFile.HasImageMagic(magic))
        {
            byte[] pixels = new byte[DigitSet.PixelCount];
            ImageFile.ReadDigit(File.ReadAllBytes(path), path, pixels);
            return new(name, Split.All, pixels, fileNames: [name]);
        }
        return new(name, Split.All, ReadIdx(path, IdxFile.ReadImages));
    }

    public static DigitSet OpenPair(string imagesPath, string labelsPath)
    {
        byte[] pixels = ReadIdx(imagesPath, IdxFile.ReadImages);
        byte[] labels = ReadIdx(labelsPath, IdxFile.ReadLabels);
        int count = pixels.Length / DigitSet.PixelCount;
        return labels.Length == count ? new(Path.GetFileName(imagesPath), Split.All, pixels, labels)
            : throw new InvalidDataException($"'{labelsPath}': offset 4: expected {count} labels, as many as '{imagesPath}' has images, found {labels.Length}; give the labels of these images.");
    }

    public static byte[] ReadIdx(string path, Func<Stream, string, byte[]> read)
    {
        using FileStream file = File.OpenRead(path);
        using Stream stream = IdxFile.Unpack(file);
        return read(stream, path);
    }
}
