using Toolchain.Data;

namespace Toolchain.Train.Models.InfoGan;

/// <summary>
/// How the layers of generator and recognition network follow from the images: each layer of stride 2 doubles or halves both sides. Two of
/// them, as the poster, and more while the smallest map has even sides above 8 pixels; 28 x 28 comes from 7 x 7, 64 x 64 from 8 x 8.
/// </summary>
/// <param name="Height">Rows of the smallest map.</param>
/// <param name="Width">Columns of the smallest map.</param>
/// <param name="Layers">Layers of stride 2.</param>
readonly record struct GanShape(int Height, int Width, int Layers)
{
    const int Largest = 8;

    /// <summary>Pixels of the smallest map.</summary>
    public int PixelCount => Height * Width;

    /// <summary>The layers for images of a shape.</summary>
    /// <exception cref="ArgumentException">A side is no multiple of 4.</exception>
    public static GanShape Of(ImageShape shape)
    {
        if (shape.Height % 4 != 0 || shape.Width % 4 != 0)
        {
            throw new ArgumentException($"infogan: expected images whose sides are multiples of 4 pixels, found {shape}; say --size "
                + $"{(Math.Max(shape.Height, shape.Width) + 3) / 4 * 4}.");
        }
        var found = new GanShape(shape.Height / 4, shape.Width / 4, 2);
        while (Math.Max(found.Height, found.Width) > Largest && found.Height % 2 == 0 && found.Width % 2 == 0)
        {
            found = new(found.Height / 2, found.Width / 2, found.Layers + 1);
        }
        return found;
    }
}
