using System.Globalization;
using Toolchain.Data.Tensors;

namespace Toolchain.Data.Streams;

/// <summary>How the numbers of a source become pixels: its largest value is full ink.</summary>
/// <param name="Largest">The number that becomes 255.</param>
readonly record struct PixelScale(double Largest)
{
    // Bytes that reach no further than this in hundreds of images are of another scale, such as 0..1 or the 0..16 of scikit-learn's digits.
    const double FewLevels = 32;

    public static PixelScale Bytes => new(255);

    /// <summary>The scale of a tensor: as <see cref="Of(double, bool, int, ICollection{string})"/>, 0..127 of signed bytes, which hold no
    /// more, and 0..65535 of uint16 beyond bytes.</summary>
    public static PixelScale Of(double largest, TensorKind kind, int count, ICollection<string> remarks)
    {
        if (kind == TensorKind.UInt16 && largest > byte.MaxValue)
        {
            remarks.Add("numbers are 16 bits (uint16): values are read as 0..65535 and reduced to 8 bits; stretch them first where they "
                + "reach less far");
            return new(ushort.MaxValue);
        }
        if (kind != TensorKind.Int8 || largest is <= FewLevels)
        {
            return Of(largest, Elements.IsFloat(kind) || kind == TensorKind.Bool, count, remarks);
        }
        remarks.Add("numbers are signed bytes (int8): values are read as 0..127 and multiplied by 2.008; save uint8 for 0..255");
        return new(sbyte.MaxValue);
    }

    /// <summary>The scale of a source: [0,1] or 0..255, or 0..n for a small n.</summary>
    /// <param name="largest">The largest number of the images looked at.</param>
    /// <param name="isFloat">Whether numbers may be fractions: then [0,1] is nothing unusual.</param>
    /// <param name="count">Images looked at.</param>
    /// <param name="remarks">Gets a line where the scale is unusual.</param>
    public static PixelScale Of(double largest, bool isFloat, int count, ICollection<string> remarks)
    {
        if (isFloat && (largest <= 1 || (largest <= FewLevels && largest != Math.Floor(largest))))
        {
            return new(1);
        }
        if (!(largest > 0 && largest <= FewLevels))
        {
            return Bytes;
        }
        remarks.Add(string.Create(CultureInfo.InvariantCulture,
            $"the largest value in {count} images is {largest:g6}: values are read as 0..{largest:g6} and multiplied by "
                + $"{255 / largest:g4}"));
        return new(largest);
    }

    /// <summary>The pixel of a number, rounded to even.</summary>
    /// <param name="value">The number.</param>
    /// <param name="isSingle">Whether the source has float32.</param>
    /// <param name="image">The image, for an error.</param>
    /// <param name="pixel">0-based place within the image.</param>
    /// <exception cref="InvalidDataException">The number is not in the scale.</exception>
    public byte ToPixel(double value, bool isSingle, in ImagePlace image, int pixel)
    {
        if (!(value >= 0 && value <= Largest))
        {
            string advice = !double.IsFinite(value) ? "replace what is not finite, such as by numpy.nan_to_num"
                : value < 0 ? "undo the normalisation so that background is 0"
                : "divide the array by its largest value, or save all images as 0..255";
            string expected = double.IsFinite(value) ? $"a number in [0,{Largest.ToString(CultureInfo.InvariantCulture)}]"
                : "a finite number";
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"'{image.Path}': {image.Unit} {image.Number}, pixel {pixel}: expected {expected}, found {value}; {advice}."));
        }
        return Largest == 255 ? (byte)Math.Round(value)
            : Largest == 1 && isSingle ? (byte)MathF.Round((float)value * 255) : (byte)Math.Round(value * (255 / Largest));
    }
}
