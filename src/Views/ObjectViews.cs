using Toolchain.Data.Seeds;

namespace Toolchain.Views;

/// <summary>
/// Views of pictures of objects, as momentum contrast takes them (Chen et al. 2020, "Improved Baselines with Momentum Contrastive
/// Learning", section 3): a random resized crop, a flip, other brightness, contrast, saturation and hue, grey, blur. Of grey images
/// brightness and contrast alone change.
/// </summary>
static class ObjectViews
{
    // Share of the area that a crop keeps, and its aspect.
    const double LeastArea = 0.2, Widest = 4 / 3.0;

    const double FlipProbability = 0.5, JitterProbability = 0.8, GreyProbability = 0.2, BlurProbability = 0.5;

    // Largest change of brightness, contrast and saturation, as a factor, and of hue, as a part of the circle.
    const double Jitter = 0.4, MostTurn = 0.1;

    // Standard deviation of the blur, pixels of an image of 224.
    const double LeastBlur = 0.1, MostBlur = 2, BlurSide = 224;

    /// <summary>A crop of at least a fifth of the area and an aspect of 3:4 to 4:3, flipped in half of the views.</summary>
    public static AffineMap DrawCrop(ViewCanvas canvas, ref RandomStream random)
    {
        double area = random.NextDouble(LeastArea, 1), aspect = Math.Exp(random.NextDouble(-Math.Log(Widest), Math.Log(Widest)));
        double width = Math.Min(1, Math.Sqrt(area * aspect)), height = Math.Min(1, Math.Sqrt(area / aspect));
        double shiftX = random.NextDouble(-.5, .5) * (1 - width) * (canvas.Width - 1),
            shiftY = random.NextDouble(-.5, .5) * (1 - height) * (canvas.Height - 1);
        double flip = random.NextDouble() < FlipProbability ? -1 : 1;
        return new AffineMap((float)(flip * width), 0, 0, (float)height, (float)shiftX, (float)shiftY).About(canvas);
    }

    /// <summary>Changes the colours of the view in <see cref="ViewBuffers.Pixels"/>, one linear map of the channels for all
    /// pixels.</summary>
    public static void ChangeColours(ViewBuffers buffers, ref RandomStream random)
    {
        float[][] pixels = buffers.Pixels;
        var map = ColourMap.Identity;
        if (random.NextDouble() < JitterProbability)
        {
            double brightness = Factor(ref random), contrast = Factor(ref random), saturation = Factor(ref random);
            double turn = random.NextDouble(-MostTurn, MostTurn);
            // Contrast is about the mean grey of the view, which the brightness has changed.
            map = ColourMap.Contrast(contrast, brightness * ColourMap.MeanGrey(pixels, buffers.Canvas)).After(ColourMap.Scale(brightness));
            map = pixels.Length == 3 ? ColourMap.Hue(turn).After(ColourMap.Saturation(saturation)).After(map) : map;
        }
        if (pixels.Length == 3 && random.NextDouble() < GreyProbability)
        {
            map = ColourMap.Saturation(0).After(map);
        }
        if (map != ColourMap.Identity)
        {
            map.Apply(pixels, buffers.Canvas);
        }
    }

    /// <summary>Blurs the view in <see cref="ViewBuffers.Pixels"/> by a Gaussian, in half of the cases.</summary>
    public static void Blur(ViewBuffers buffers, ref RandomStream random)
    {
        if (random.NextDouble() >= BlurProbability)
        {
            return;
        }
        ViewCanvas canvas = buffers.Canvas;
        double deviation = random.NextDouble(LeastBlur, MostBlur) * Math.Max(canvas.Height, canvas.Width) / BlurSide;
        // Beyond two pixels a Gaussian of the largest deviation, 1.1 pixels of 128, has 7 % of its weight: it is left out.
        GaussianBlur.Apply(buffers, buffers.Pixels, deviation, reach: 2);
    }

    static double Factor(ref RandomStream random) => random.NextDouble(1 - Jitter, 1 + Jitter);
}
