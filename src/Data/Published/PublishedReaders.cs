using Toolchain.Data.Cifar;
using Toolchain.Data.Idx;
using Toolchain.Data.Images;
using Toolchain.Data.Reading;

namespace Toolchain.Data.Published;

/// <summary>The readers of the formats in which datasets are published.</summary>
static class PublishedReaders
{
    /// <summary>IDX images and IDX labels.</summary>
    public static LabelledPixels Idx(IReadOnlyList<PublishedContent> files, ImageShape shape)
    {
        using MemoryStream images = new(files[0].Bytes), labels = new(files[1].Bytes);
        return new(IdxFile.ReadImages(images, files[0].Path),
            [.. IdxFile.ReadLabels(labels, files[1].Path).Values!.Select(label => (int)label!)]);
    }

    /// <summary>The same with rows and columns of the images swapped, as EMNIST has them.</summary>
    /// <param name="firstLabel">The label of the first class.</param>
    public static PublishedReader TransposedIdx(int firstLabel) => (files, shape) =>
    {
        (byte[] pixels, int[] labels) = Idx(files, shape);
        for (int at = 0; at < pixels.Length; at += shape.Size)
        {
            PictureFit.Transpose(pixels.AsSpan(at, shape.Size), shape);
        }
        return new(pixels, Array.ConvertAll(labels, label => label - firstLabel));
    };

    /// <summary>Binary batches of CIFAR-10, one after another.</summary>
    public static LabelledPixels Cifar(IReadOnlyList<PublishedContent> files, ImageShape shape) =>
        LabelledPixels.Concatenate([.. files.Select(file => CifarFile.Parse(file.Path, file.Bytes))]);

    /// <summary>The text format of LIBSVM with values in -1..1, labels from 1.</summary>
    /// <param name="classCount">Number of classes.</param>
    public static PublishedReader LibSvm(int classCount) => (files, shape) =>
        LabelledPixels.Concatenate([.. files.Select(file => new LibSvmText(file.Path, shape.Size, classCount).Parse(file.Bytes))]);
}
