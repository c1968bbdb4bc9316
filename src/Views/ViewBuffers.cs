using Toolchain.Data;

namespace Toolchain.Views;

/// <summary>Memory of one task that draws views of images of a shape, one after another. Arrays are pinned: they are read by
/// address.</summary>
sealed class ViewBuffers
{
    /// <summary>Fresh buffers.</summary>
    public ViewBuffers(ImageShape shape)
    {
        Canvas = new ViewCanvas(shape);
        Corners = Make<int>(CornerTable.CountOf(Canvas), shape.Channels);
        Changed = new byte[shape.PixelCount];
        Pixels = Make<float>(Canvas.Count, shape.Channels);
        Spare = Make<float>(Canvas.Count, shape.Channels);
        (ShiftX, ShiftY) = (Pinned<float>(ElasticField.CountOf(Canvas)), Pinned<float>(ElasticField.CountOf(Canvas)));
    }

    /// <summary>The layout of a channel.</summary>
    public ViewCanvas Canvas { get; }

    /// <summary>The image, a table for each channel.</summary>
    public int[][] Corners { get; }

    /// <summary>A grey image with changed strokes, [H*W].</summary>
    public byte[] Changed { get; }

    /// <summary>The view, a canvas for each channel.</summary>
    public float[][] Pixels { get; }

    /// <summary>Canvases for steps that do not work in place; black around their pixels.</summary>
    public float[][] Spare { get; }

    /// <summary>The canvases that are not <paramref name="canvas"/>, which is <see cref="Pixels"/> or <see cref="Spare"/>.</summary>
    public float[][] Other(float[][] canvas) => canvas == Pixels ? Spare : Pixels;

    /// <summary>Displacement along rows, [H,S].</summary>
    public float[] ShiftX { get; }

    /// <summary>Displacement along columns, [H,S].</summary>
    public float[] ShiftY { get; }

    static T[][] Make<T>(int count, int channels) => [.. Enumerable.Range(0, channels).Select(_ => Pinned<T>(count))];

    static T[] Pinned<T>(int count) => GC.AllocateArray<T>(count, pinned: true);
}
