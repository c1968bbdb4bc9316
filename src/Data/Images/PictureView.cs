namespace Toolchain.Data.Images;

/// <summary>A picture that lies in memory of someone else.</summary>
/// <param name="pixels">Width * Height bytes for each channel, channel after channel, row-major.</param>
/// <param name="width">Columns, at least 1.</param>
/// <param name="height">Rows, at least 1.</param>
/// <param name="name">Names the picture in errors.</param>
readonly ref struct PictureView(ReadOnlySpan<byte> pixels, int width, int height, string name)
{
    public ReadOnlySpan<byte> Pixels { get; } = pixels;

    public int Width => width;

    public int Height => height;

    public string Name => name;

    public int PixelCount => width * height;

    public int Channels => Pixels.Length / PixelCount;

    /// <summary>The pixels of a channel.</summary>
    public ReadOnlySpan<byte> Plane(int channel) => Pixels.Slice(channel * PixelCount, PixelCount);
}
