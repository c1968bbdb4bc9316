using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Toolchain.Data;

namespace Toolchain.Commands.Ranks;

/// <summary>
/// Numbers of a step in a file of their own, whole or not there: "UVLSTEP1", the SHA-256 of the step's name, the numbers as float64, and
/// the SHA-256 of all that.
/// </summary>
static class StepFile
{
    const int DigestBytes = SHA256.HashSizeInBytes;

    static ReadOnlySpan<byte> Magic => "UVLSTEP1"u8;

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="step">The step, with the fit that it is of.</param>
    /// <param name="values">Its numbers.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(string path, string step, double[] values)
    {
        byte[] content = [.. Magic, .. NameOf(step), .. MemoryMarshal.AsBytes<double>(values)];
        AtomicFile.Write(path, stream =>
        {
            stream.Write(content);
            stream.Write(SHA256.HashData(content));
        });
    }

    /// <summary>Reads the file.</summary>
    /// <inheritdoc cref="Write"/>
    /// <exception cref="InvalidDataException">It is damaged, or of another step or fit.</exception>
    public static double[] Read(string path, string step)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int first = Magic.Length + DigestBytes, end = bytes.Length - DigestBytes;
        if (end < first || !SHA256.HashData(bytes.AsSpan(0, end)).AsSpan().SequenceEqual(bytes.AsSpan(end)))
        {
            throw new InvalidDataException($"'{path}': expected whole statistics with their SHA-256, found a damaged file; delete it "
                + "and start "
                + "all ranks again.");
        }
        return bytes.AsSpan(0, Magic.Length).SequenceEqual(Magic) && bytes.AsSpan(Magic.Length, DigestBytes).SequenceEqual(NameOf(step))
            ? MemoryMarshal.Cast<byte, double>(bytes.AsSpan(first, end - first)).ToArray()
            : throw new InvalidDataException($"'{path}': expected the statistics of '{step.ReplaceLineEndings(" ")}', found those of "
                + "another "
                + "step or fit; delete it and start all ranks again.");
    }

    static byte[] NameOf(string step) => SHA256.HashData(Encoding.UTF8.GetBytes(step));
}
