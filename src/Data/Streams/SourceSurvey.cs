using Toolchain.Data.Images;

namespace Toolchain.Data.Streams;

/// <summary>Looks at some images of a source before it is read: polarity, and whether rows and columns are swapped.</summary>
static class SourceSurvey
{
    /// <summary>Most images that are looked at, spread over the source where it can be read anywhere, else its first.</summary>
    public const int Images = 256;

    // Two copies of one picture are no source of copies.
    const int LeastAlike = 10;

    // Of 28 x 28 pixels, which are taken as they are; others are stretched. MNIST's reach from 0 to 255.
    const int LeastContrast = 64;

    // Of large pictures fewer are looked at: decoding them twice takes its time.
    const long MostPixels = 1 << 25;

    // Between these shares of dark images a source is mixed. Of MNIST's 70,000 images none has a bright ring, of their negatives all have.
    const double Few = 0.05, Most = 0.95;

    // MNIST's digits are higher than wide: over any 64 of its test images the logarithm of the ratio of summed variances, across to down,
    // was in [-0.96, -0.44] in 3,000 drawings; transposed, it is the negative of that.
    const int LeastForTransposed = 64;
    const double Transposed = 0.3;

    /// <summary>The images of a sample that can be read.</summary>
    /// <param name="sample">Images of a source.</param>
    /// <param name="channels">Wanted: 1 where colour is of no interest.</param>
    public static IReadOnlyList<SurveyedImage> Decode(IReadOnlyList<PendingImage> sample, int channels)
    {
        var buffer = new ImageBuffer();
        List<SurveyedImage> images = [];
        long pixels = 0;
        foreach (PendingImage pending in sample)
        {
            if (pixels > MostPixels)
            {
                break;
            }
            try
            {
                Picture image = pending.Picture(buffer, channels);
                images.Add(new(image, pending.Width > 0));
                pixels += image.Pixels.Length;
            }
            catch (InvalidDataException)
            {
                // It is named when its turn comes.
            }
        }
        return images;
    }

    /// <summary>What images ask for (<see cref="ImageSourceOptions.Channels"/>, <see cref="ImageSourceOptions.Fit"/>).</summary>
    /// <param name="sample">Images of a source.</param>
    /// <param name="classes">Its classes; null without labels.</param>
    public static Preprocess Natural(IReadOnlyList<SurveyedImage> sample, ImageClasses? classes)
    {
        bool hasColour = sample.Any(image => image.HasColour), isRaw = sample.Any(image => image.IsRaw);
        // Photographs of digits have the colours of pen and paper, which tell nothing.
        if (sample.Count == 0 || (classes is { AreDigits: true } && !(hasColour && isRaw)) || (classes is null && !hasColour))
        {
            return Preprocess.Mnist;
        }
        ImageShape[] shapes = [.. sample.Select(image => new ImageShape(hasColour ? 3 : 1, image.Picture.Height, image.Picture.Width))];
        if (shapes[0].IsValid && Array.TrueForAll(shapes, shape => shape == shapes[0]))
        {
            return new(shapes[0], FitMode.Letterbox);
        }
        int[] sides = [.. shapes.Select(shape => Math.Max(shape.Width, shape.Height)).Order()];
        int side = sides[sides.Length / 2] switch { <= 28 => 28, < 48 => 32, _ => 64 };
        return new(new(shapes[0].Channels, side, side), FitMode.Letterbox);
    }

    /// <summary>What to do with a source's polarity, and remarks for the user.</summary>
    /// <param name="sample">Images of it.</param>
    /// <param name="given">What the user said.</param>
    /// <param name="isTransposed">Whether the user said that rows and columns are swapped, or there are no digits to see it by.</param>
    /// <param name="remarks">Gets what was noticed.</param>
    public static Polarity Judge(IReadOnlyList<SurveyedImage> sample, Polarity given, bool isTransposed, ICollection<string> remarks)
    {
        int seen = 0, dark = 0, blank = 0, tensors = 0, unscaled = 0, lowest = 255, highest = 0;
        double across = 0, down = 0;
        byte[]? first = null;
        bool areSame = true;
        foreach ((Picture picture, bool isRaw) in sample)
        {
            Picture image = picture.ToGrey();
            if (image is { Width: 28, Height: 28 })
            {
                (unscaled, lowest, highest) = (unscaled + 1, Math.Min(lowest, image.Pixels.Min()), Math.Max(highest, image.Pixels.Max()));
            }
            blank += image.Pixels.AsSpan().ContainsAnyExcept(image.Pixels[0]) ? 0 : 1;
            areSame &= image.Pixels.AsSpan().SequenceEqual(first ??= image.Pixels);
            bool isDark = PictureFit.RingMedian(image.Pixels, image.Width, image.Height) > 127;
            (seen, dark) = (seen + 1, dark + (isDark ? 1 : 0));
            if (isRaw && image.Width == image.Height)
            {
                (double x, double y) = Variances(image, isDark);
                (tensors, across, down) = (tensors + 1, across + x, down + y);
            }
        }
        if (seen > 0 && (blank == seen || (areSame && seen >= LeastAlike)))
        {
            remarks.Add(seen == 1 ? "the image is blank: no figure about it means anything"
                : blank == seen ? $"all {seen} images looked at are blank: no figure about them means anything"
                : $"all {seen} images looked at are the same: clusters and neighbours of them mean nothing");
        }
        if (seen > blank && unscaled == seen && highest - lowest < LeastContrast)
        {
            remarks.Add($"the images are pale: their values are in {lowest}..{highest} of 0..255, which models read as little ink; stretch "
                + "them to 0..255");
        }
        if (!isTransposed && tensors >= LeastForTransposed && down > 0 && Math.Log(across / down) > Transposed)
        {
            remarks.Add($"the digits look transposed: they are wider than high over {tensors} images; --transpose swaps rows and columns, "
                + "as EMNIST needs");
        }
        if (given != Polarity.Auto || seen == 0 || dark <= seen * Few)
        {
            return given == Polarity.Auto ? Polarity.Light : given;
        }
        bool isMixed = dark < seen * Most;
        remarks.Add(isMixed ? $"polarity: {dark} of {seen} images looked at are dark on light; each image is judged by itself "
                + "(--polarity dark|light decides for all)"
            : $"polarity: dark on light in {dark} of {seen} images looked at; all are inverted (--polarity light keeps them)");
        return isMixed ? Polarity.Auto : Polarity.Dark;
    }

    // Of the ink's place, about its centre.
    static (double Across, double Down) Variances(Picture image, bool isDark)
    {
        double mass = 0, x1 = 0, x2 = 0, y1 = 0, y2 = 0;
        for (int i = 0; i < image.Pixels.Length; i++)
        {
            double ink = isDark ? 255 - image.Pixels[i] : image.Pixels[i];
            (int y, int x) = Math.DivRem(i, image.Width);
            mass += ink;
            (x1, x2, y1, y2) = (x1 + ink * x, x2 + ink * x * x, y1 + ink * y, y2 + ink * y * y);
        }
        return mass == 0 ? (0, 0) : (x2 / mass - x1 / mass * (x1 / mass), y2 / mass - y1 / mass * (y1 / mass));
    }
}
