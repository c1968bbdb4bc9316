using Toolchain.Data.Seeds;

namespace Toolchain.Views;

/// <summary>
/// Other colours for writing in colour, of which ink and ground say nothing: any hue, paler or stronger, and in half of the views light for
/// dark. Without it views of one image would be known by their colour alone.
/// </summary>
static class InkColours
{
    const double Strongest = 1.5, LeastContrast = 0.6, MostContrast = 1.4;

    /// <summary>Changes the colours of a view in canvases [3].</summary>
    public static void Change(float[][] pixels, ViewCanvas canvas, ref RandomStream random)
    {
        double turn = random.NextDouble(-.5, .5), saturation = random.NextDouble(0, Strongest);
        double contrast = random.NextDouble(LeastContrast, MostContrast) * (random.NextDouble() < .5 ? -1 : 1);
        ColourMap.Hue(turn).After(ColourMap.Saturation(saturation))
            .After(ColourMap.Contrast(contrast, ColourMap.MeanGrey(pixels, canvas))).Apply(pixels, canvas);
    }
}
