namespace Toolchain.Data.Reading;

/// <summary>Images with their labels, as a file has them.</summary>
/// <param name="Pixels">N * C * H * W bytes.</param>
/// <param name="Labels">N classes.</param>
sealed record LabelledPixels(byte[] Pixels, int[] Labels)
{
    /// <summary>Those of all parts, one after another.</summary>
    /// <param name="parts">One or more.</param>
    public static LabelledPixels Concatenate(IReadOnlyList<LabelledPixels> parts)
    {
        if (parts is [var only])
        {
            return only;
        }
        byte[] pixels = new byte[parts.Sum(part => part.Pixels.Length)];
        int at = 0;
        foreach (LabelledPixels part in parts)
        {
            part.Pixels.CopyTo(pixels, at);
            at += part.Pixels.Length;
        }
        return new(pixels, [.. parts.SelectMany(part => part.Labels)]);
    }
}
