using Toolchain.Data;
using Toolchain.Graph;

namespace Toolchain.Evaluate.Plots;

/// <summary>What the decoder of a capsule autoencoder drew.</summary>
/// <param name="Image">Reconstructions [N,C,S,S] in [0,1] on a canvas whose side S is at least that of an image.</param>
/// <param name="Part">Each part alone [N,P,S,S], of images with colour [N,P,C,S,S].</param>
public sealed record CapsuleDrawing(TensorData Image, TensorData Part)
{
    /// <summary>Whether the shapes are those of <paramref name="rows"/> images with <paramref name="parts"/> parts.</summary>
    public bool Fits(long rows, long parts, ImageShape shape)
    {
        long side = Image.Sizes[^1];
        long[] part = shape.IsRgb ? [rows, parts, shape.Channels, side, side] : [rows, parts, side, side];
        return side >= shape.Height && side >= shape.Width && Image.Sizes.SequenceEqual([rows, shape.Channels, side, side])
            && Part.Sizes.SequenceEqual(part);
    }
}

/// <summary>What the decoder of a capsule autoencoder draws from.</summary>
/// <param name="Pose">Affine maps of the parts [N,P,6].</param>
/// <param name="Presence">In [0,1], [N,P].</param>
/// <param name="Feature">What gives each part its intensity [N,P,F].</param>
public sealed record CapsuleParts(TensorData Pose, TensorData Presence, TensorData Feature);

/// <summary>Sheets of what a capsule autoencoder makes of images.</summary>
public static class CapsuleSheet
{
    /// <summary>Columns before the parts: an image, and its reconstructions from parts and from objects.</summary>
    public const int LeadingColumns = 3;

    const int MostParts = 9;

    /// <summary>A row for each image: itself, from its parts, from its objects, and its most present parts.</summary>
    /// <param name="images">N images.</param>
    /// <param name="presence">Presence of their parts [N,P].</param>
    /// <param name="fromParts">Drawn from the poses of the parts.</param>
    /// <param name="fromObjects">Drawn from the objects' votes for those poses.</param>
    public static ImageRows Rows(ImageSet images, TensorData presence, CapsuleDrawing fromParts, CapsuleDrawing fromObjects)
    {
        double[] present = presence.ToDoubles(), parts = fromParts.Image.ToDoubles(), objects = fromObjects.Image.ToDoubles(),
            alone = fromParts.Part.ToDoubles();
        int count = present.Length / images.Count, shown = Math.Min(MostParts, count), side = (int)fromParts.Image.Sizes[^1];
        var sheet = new List<byte>();
        for (int image = 0; image < images.Count; image++)
        {
            sheet.AddRange(images.Image(image));
            sheet.AddRange(Middle(parts, image, side, images.Shape));
            sheet.AddRange(Middle(objects, image, side, images.Shape));
            foreach (int part in Enumerable.Range(0, count).OrderByDescending(part => present[image * count + part]).Take(shown))
            {
                sheet.AddRange(Middle(alone, image * count + part, side, images.Shape));
            }
        }
        return new([.. sheet], LeadingColumns + shown, images.Preprocess);
    }

    /// <summary>What draws every part once: straight, in the middle, as large as the canvas.</summary>
    /// <param name="parts">Number of parts.</param>
    /// <param name="features">Number of features of each.</param>
    public static CapsuleParts TemplateInputs(int parts, int features) => new(
        TensorData.Of([.. Enumerable.Range(0, parts).SelectMany(_ => new float[] { 1, 0, 0, 0, 1, 0 })], 1, parts, 6),
        TensorData.Of(Enumerable.Repeat(1f, parts).ToArray(), 1, parts),
        TensorData.Of(new float[parts * features], 1, parts, features));

    /// <summary>All parts of what was drawn from <see cref="TemplateInputs"/>, the brightest pixel of all at full intensity.</summary>
    /// <param name="templates">One row of parts.</param>
    /// <param name="preprocess">What images become; its shape is that of a picture.</param>
    /// <param name="columns">Images of a row.</param>
    public static ImageRows Templates(CapsuleDrawing templates, Preprocess preprocess, int columns)
    {
        double[] alone = templates.Part.ToDoubles();
        double brightest = alone.Max(); // intensities of features that no image has are of no meaning
        double[] scaled = [.. alone.Select(value => value / brightest)];
        return new([.. Enumerable.Range(0, (int)templates.Part.Sizes[1])
            .SelectMany(part => Middle(scaled, part, (int)templates.Part.Sizes[^1], preprocess.Shape))], columns, preprocess);
    }

    // The middle pixels of a canvas [C,S,S], as many as an image has.
    static IEnumerable<byte> Middle(double[] canvases, int index, int side, ImageShape shape)
    {
        int top = (side - shape.Height) / 2, left = (side - shape.Width) / 2;
        for (int channel = 0; channel < shape.Channels; channel++)
        {
            int plane = (index * shape.Channels + channel) * side;
            for (int y = 0; y < shape.Height; y++)
            {
                for (int x = 0; x < shape.Width; x++)
                {
                    yield return ImageRows.Pixel(canvases[(plane + top + y) * side + left + x]);
                }
            }
        }
    }
}
