namespace Toolchain.Data;

/// <summary>Whether digits are bright on black, as MNIST's are, or dark on light.</summary>
public enum Polarity
{
    /// <summary>Judged by the source; see <see cref="ImageSourceOptions.Polarity"/>.</summary>
    Auto,

    /// <summary>Dark on light: inverted.</summary>
    Dark,

    /// <summary>Light on dark: kept.</summary>
    Light,
}
