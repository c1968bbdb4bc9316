using Toolchain.Data.Cifar;
using Toolchain.Data.Files;
using Toolchain.Data.Idx;
using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Parquet;
using Toolchain.Data.Reading;
using Toolchain.Data.Streams;

namespace Toolchain.Data.Sources;

/// <summary>Single files and pipes, told apart by their first bytes (<see cref="FileKinds"/>).</summary>
static class FileSource
{
    public static ImageStream Open(string path, Split split)
    {
        FileStream file = OpenRead(path);
        try
        {
            if (!file.CanSeek)
            {
                return OpenPipe(file, path);
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
                case FileKind.Unknown when CifarFile.IsOne(file):
                    using (file)
                    {
                        return CifarFile.Open(name, path, file);
                    }
                default:
                    return SequentialSource.Open(name, path, file, magic);
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens the standard input, or what stands for it: a file that cannot seek, such as a shell's &lt;(command).</summary>
    /// <param name="input">Stands at its start.</param>
    /// <param name="path">Named in errors.</param>
    /// <param name="isStreaming">As <see cref="ImageSourceOptions.IsStreaming"/>.</param>
    public static ImageStream OpenPipe(Stream input, string path = "-", bool isStreaming = false)
    {
        byte[] start = new byte[FileKinds.MagicBytes];
        ReadOnlyMemory<byte> magic = start.AsMemory(0, input.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
        var whole = new PrefixedStream(magic, input);
        string name = path == "-" ? "stdin" : Path.GetFileName(path);
        switch (FileKinds.Of(magic.Span))
        {
            case FileKind.Parquet or FileKind.Zip:
                throw new InvalidDataException(
                    $"'{path}': offset 0: expected IDX, .npy, CSV, tar, one image or a list of paths on a pipe, found Parquet or .npz, "
                        + "which are read from their ends; save it to a file and name that.");
            case FileKind.Text or FileKind.Empty when isStreaming:
                return new PathPipeStream($"paths on {name}", path, whole, PathList.SeparatorOf(magic.Span));
            case FileKind.Text:
                return PathList.Open(name, path, whole, magic.Span);
            case var kind when FileKinds.IsImage(kind):
                return new OneImageStream(name, path, ExactRead.UpTo(whole, ImageBuffer.MaxFileBytes, path));
            default:
                return SequentialSource.Open(name, path, whole, magic.Span);
        }
    }

    public static ImageStream OpenPair(string imagesPath, string labelsPath)
    {
        FileStream packed = OpenRead(imagesPath);
        try
        {
            Stream images = GzipReader.Unpack(packed);
            PixelLayout layout = IdxFile.ReadLayout(images, imagesPath);
            using FileStream file = OpenRead(labelsPath);
            using Stream unpacked = GzipReader.Unpack(file);
            return new TensorStream(new(Path.GetFileName(imagesPath), imagesPath, packed), images, layout,
                IdxFile.ReadLabels(unpacked, labelsPath));
        }
        catch
        {
            packed.Dispose();
            throw;
        }
    }

    static FileStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
}
