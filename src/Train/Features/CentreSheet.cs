using System.Globalization;
using Toolchain.Data;
using Toolchain.Data.Images;

namespace Toolchain.Train.Features;

/// <summary>A picture.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="Pixels">Row-major, one or three bytes a pixel, 0 for black.</param>
sealed record SheetPixels(int Width, int Height, byte[] Pixels);

/// <summary>
/// The centres of clusters as images, each over its share of the training images; in the order of the clusters, five in a row: the numbers
/// can be read on a phone.
/// </summary>
static class CentreSheet
{
    const int Zoom = 2, Columns = 5, Gap = 6, TextHeight = 5 * Zoom + Gap;

    // Five rows of three bits each, as octal digits.
    static readonly Dictionary<char, string> glyphs = new()
    {
        ['0'] = "75557",
        ['1'] = "26227",
        ['2'] = "71747",
        ['3'] = "71717",
        ['4'] = "55711",
        ['5'] = "74717",
        ['6'] = "74757",
        ['7'] = "71111",
        ['8'] = "75757",
        ['9'] = "75717",
        ['.'] = "00002",
        ['%'] = "51245",
    };

    /// <summary>
    /// A PNG: digits as dark ink on white, other images as they are. A centre of digits with numbers above 1 or ink below half of it, such
    /// as a mean of images of unit length, is scaled to full ink.
    /// </summary>
    /// <param name="images">Images [K,C*H*W]; numbers below 0 are black.</param>
    /// <param name="preprocess">Their shape, and whether they are digits.</param>
    /// <param name="shares">Share of the training images that each stands for, [K], in [0..1].</param>
    public static byte[] Encode(double[,] images, Preprocess preprocess, double[] shares)
    {
        (int width, int height, byte[] pixels) = Draw(images, preprocess, shares);
        return PngWriter.Encode(width, height, preprocess.Shape.Channels, pixels);
    }

    /// <summary>The same as pixels.</summary>
    public static SheetPixels Draw(double[,] images, Preprocess preprocess, double[] shares)
    {
        (ImageShape shape, bool isInk) = (preprocess.Shape, preprocess.IsInk);
        int count = shares.Length, wide = Math.Min(Columns, count), cell = shape.Width * Zoom + Gap,
            line = shape.Height * Zoom + Gap + TextHeight;
        (int width, int height) = (wide * cell, (count + wide - 1) / wide * line);
        var sheet = new byte[width * height * shape.Channels];
        Array.Fill(sheet, (byte)255);
        for (int k = 0; k < count; k++)
        {
            int left = k % wide * cell + Gap / 2, top = k / wide * line + Gap / 2, centre = k;
            double most = Enumerable.Range(0, shape.Size).Max(i => images[centre, i]);
            double full = !isInk || most is > .5 and <= 1 ? 1 : Math.Max(most, 1e-9);
            Fill(shape.Width, shape.Height, left, top, (x, y, channel) =>
            {
                double value = Math.Clamp(images[centre, channel * shape.PixelCount + y * shape.Width + x] / full, 0, 1);
                return isInk ? 1 - value : value;
            });
            string text = shares[k].ToString("0.0%", CultureInfo.InvariantCulture);
            for (int i = 0; i < text.Length; i++)
            {
                string glyph = glyphs[text[i]];
                Fill(3, 5, left + i * 4 * Zoom, top + shape.Height * Zoom + Gap / 2, (x, y, _) => 1 - (glyph[y] - '0' >> 2 - x & 1));
            }
        }
        return new(width, height, sheet);

        void Fill(int across, int down, int left, int top, Func<int, int, int, double> brightness)
        {
            for (int y = 0; y < down * Zoom; y++)
            {
                for (int x = 0; x < across * Zoom; x++)
                {
                    for (int channel = 0; channel < shape.Channels; channel++)
                    {
                        sheet[((top + y) * width + left + x) * shape.Channels + channel] =
                            (byte)Math.Round(255 * brightness(x / Zoom, y / Zoom, channel));
                    }
                }
            }
        }
    }
}
