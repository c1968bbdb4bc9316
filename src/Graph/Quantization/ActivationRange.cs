namespace Toolchain.Graph.Quantization;

/// <summary>The values that a tensor takes, as far as 8 bits are to distinguish them.</summary>
/// <param name="Lowest">Lowest value.</param>
/// <param name="Highest">Highest value, not below <paramref name="Lowest"/>.</param>
public readonly record struct ActivationRange(double Lowest, double Highest)
{
    const double Steps = 255;

    /// <summary>Size of a step, so that 0 and both ends are among the 256 values; above 0.</summary>
    public float Scale
    {
        get
        {
            float scale = (float)((Math.Max(Highest, 0) - Math.Min(Lowest, 0)) / Steps);
            return scale > 0 ? scale : 1;
        }
    }

    /// <summary>The step that stands for 0, in [0..255].</summary>
    public double Zero => Math.Clamp(Math.Round(-Math.Min(Lowest, 0) / Scale), 0, Steps);
}
