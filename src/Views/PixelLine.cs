namespace Toolchain.Views;

/// <summary>A row or a column of pixels.</summary>
/// <param name="Start">Index of its first pixel.</param>
/// <param name="Step">From one pixel to the next.</param>
/// <param name="Count">Pixels.</param>
readonly record struct PixelLine(int Start, int Step, int Count)
{
    /// <summary>Index of pixel <paramref name="i"/>.</summary>
    public int At(int i) => Start + i * Step;
}
