namespace Toolchain.Data;

/// <summary>Drawn digits; blank until their shapes are in.</summary>
public static class Strokes
{
    /// <summary>See the class.</summary>
    public const int MaxCount = 2_000_000;

    /// <summary>See the class.</summary>
    public static DigitSet Draw(int count, ulong seed, int first = 0, Split split = Split.All) => new("strokes", split, new byte[count * 784]);
}
