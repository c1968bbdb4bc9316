using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Tensors;
using Toolchain.Inference;
using Toolchain.Views;

namespace Toolchain.Scale.Bench;

/// <summary>
/// Rows of any number with known classes: embeddings of seeded views of MNIST's training images. Row i is view i / 60,000 of image i mod
/// 60,000, so fewer rows are the first of more. Made once and kept as .npy.
/// </summary>
static class ViewRows
{
    // Views drawn and embedded at a time.
    const int Batch = 20_000;

    // More rows are mapped, as uvl maps large files.
    const int MostInMemory = 2_000_000;

    /// <summary>The first <paramref name="count"/> rows.</summary>
    public static Rows Load(string folder, string model, int count)
    {
        Directory.CreateDirectory(folder);
        string? path = Directory.GetFiles(folder, "views-*.npy").OrderBy(RowsOf).FirstOrDefault(kept => RowsOf(kept) >= count);
        if (path is null)
        {
            path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"views-{count}.npy"));
            Make(path, model, count);
        }
        if (count > MostInMemory)
        {
            EmbeddingRange mapped = EmbeddingRange.Read(path, _ => (0, count));
            return new Rows(mapped.Values, mapped.Dimension);
        }
        TensorEntry read = NpyFile.Read(path);
        int width = (int)read.Shape[1];
        return new Rows(read.ToArray<float>().AsMemory(0, count * width), width);
    }

    static int RowsOf(string path) => int.Parse(Path.GetFileNameWithoutExtension(path).Split('-')[1], CultureInfo.InvariantCulture);

    static void Make(string path, string model, int count)
    {
        ImageSet images = ImageSource.Open("mnist", Split.Train);
        using EncoderSession session = EncoderSession.Open(model, new EncoderOptions());
        var augmentation = new Augmentation(new AugmentationOptions(), images.Shape, seed: 0);
        var values = new float[count * session.Dimension];
        for (int first = 0; first < count; first += Batch)
        {
            byte[] pixels = Draw(augmentation, images, first, Math.Min(Batch, count - first));
            session.Run(new ImageSet("views", Split.Train, pixels)).Values.CopyTo(values, first * session.Dimension);
        }
        NpyFile.Write(path, TensorEntry.Of<float>(values, count, session.Dimension));
    }

    // Batches divide the number of images: a batch has views of one number alone.
    static byte[] Draw(Augmentation augmentation, ImageSet images, int first, int count)
    {
        int[] samples = [.. Enumerable.Range(first % images.Count, count)];
        var views = new float[count * images.Shape.Size];
        augmentation.Draw(images, samples, new ViewNumbers(0, first / images.Count, 1), views);
        return Array.ConvertAll(views, pixel => (byte)MathF.Round(pixel * byte.MaxValue));
    }
}
