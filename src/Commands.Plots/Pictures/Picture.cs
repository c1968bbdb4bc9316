using System.Text;
using ScottPlot;
using Toolchain.Data;

namespace Toolchain.Commands.Plots.Pictures;

/// <summary>Writes plots as files.</summary>
static class Picture
{
    /// <summary>Writes a <c>.png</c> or <c>.svg</c> file, whole or not at all.</summary>
    /// <exception cref="ArgumentException">The ending is another.</exception>
    public static void Save(Plot plot, int width, int height, string path)
    {
        byte[] bytes = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".png" => plot.GetImageBytes(width, height, ImageFormat.Png),
            ".svg" => Encoding.UTF8.GetBytes(plot.GetSvgXml(width, height)),
            string other => throw new ArgumentException($"'{path}': expected a picture .png or .svg, found '{other}'.", nameof(path)),
        };
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }
}
