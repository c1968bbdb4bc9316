using System.Globalization;

namespace Toolchain.Data.Glyphs;

/// <summary>The shape of images that the program draws, as a specification says it.</summary>
static class DrawnShape
{
    /// <summary>The shape that a size and a colour name.</summary>
    /// <param name="spec">For errors.</param>
    /// <param name="size">Pixels a side.</param>
    /// <param name="colour">`gray` or `rgb`.</param>
    /// <exception cref="ArgumentException">They name none.</exception>
    public static ImageShape Of(string spec, string size, string colour)
    {
        if (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int side)
            || side is < ImageShape.LeastSide or > ImageShape.MostSide)
        {
            throw new ArgumentException(
                $"'{spec}': expected a size in [{ImageShape.LeastSide}..{ImageShape.MostSide}], found '{size}'.", nameof(spec));
        }
        return colour is "gray" or "rgb" ? new(colour == "rgb" ? 3 : 1, side, side)
            : throw new ArgumentException($"'{spec}': expected gray or rgb, found '{colour}'.", nameof(spec));
    }
}
