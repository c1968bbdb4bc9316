using System.Globalization;
using Toolchain.Data;
using Toolchain.Data.Images;

namespace Toolchain.Train.Features;

/// <summary>A grey picture.</summary>
/// <param name="Width">Pixels of a row.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="Grey">Row-major, 0 for black.</param>
sealed record GreyPixels(int Width, int Height, byte[] Grey);

/// <summary>
/// The centres of clusters as images, each over its share of the training images; in the order of the clusters, five in a row: the numbers
/// can be read on a phone.
/// </summary>
static class CentreSheet
{
    const int zoom = 2, columns = 5, gap = 6, textHeight = 5 * zoom + gap;

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
    /// A PNG, dark ink on white. A centre with numbers above 1 or ink below half of it, such as a mean of images of unit length, is scaled
    /// to full ink.
    /// </summary>
    /// <param name="images">Images [K,784]; numbers below 0 are no ink.</param>
    /// <param name="shares">Share of the training images that each stands for, [K], in [0..1].</param>
    public static byte[] Encode(double[,] images, double[] shares)
    {
        (int width, int height, byte[] grey) = Draw(images, shares);
        return PngWriter.Encode(width, height, 1, grey);
    }

    /// <summary>The same as grey pixels, row-major, 0 for black.</summary>
    public static GreyPixels Draw(double[,] images, double[] shares)
    {
        int count = shares.Length, wide = Math.Min(columns, count), cell = ImageSet.Side * zoom + gap, line = cell + textHeight;
        (int width, int height) = (wide * cell, (count + wide - 1) / wide * line);
        var sheet = new byte[width * height];
        Array.Fill(sheet, (byte)255);
        for (int k = 0; k < count; k++)
        {
            int left = k % wide * cell + gap / 2, top = k / wide * line + gap / 2;
            double most = Enumerable.Range(0, ImageSet.PixelCount).Max(i => images[k, i]), full = most is > .5 and <= 1 ? 1
                : Math.Max(most, 1e-9);
            Fill(ImageSet.Side, ImageSet.Side, left, top, (x, y) => Math.Clamp(images[k, y * ImageSet.Side + x] / full, 0, 1));
            string text = shares[k].ToString("0.0%", CultureInfo.InvariantCulture);
            for (int i = 0; i < text.Length; i++)
            {
                string glyph = glyphs[text[i]];
                Fill(3, 5, left + i * 4 * zoom, top + ImageSet.Side * zoom + gap / 2, (x, y) => glyph[y] - '0' >> 2 - x & 1);
            }
        }
        return new(width, height, sheet);

        void Fill(int across, int down, int left, int top, Func<int, int, double> ink)
        {
            for (int y = 0; y < down * zoom; y++)
            {
                for (int x = 0; x < across * zoom; x++)
                {
                    sheet[(top + y) * width + left + x] = (byte)Math.Round(255 * (1 - ink(x / zoom, y / zoom)));
                }
            }
        }
    }
}
