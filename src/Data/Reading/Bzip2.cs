using System.Diagnostics.CodeAnalysis;
using ICSharpCode.SharpZipLib.BZip2;

namespace Toolchain.Data.Reading;

/// <summary>Unpacks bzip2.</summary>
static class Bzip2
{
    // A program compiled ahead of time that is to stay small sets this switch; then bzip2 is not unpacked in it.
    [FeatureSwitchDefinition("Toolchain.Data.Bzip2")]
    static bool IsIncluded => !AppContext.TryGetSwitch("Toolchain.Data.Bzip2", out bool enabled) || enabled;

    /// <summary>The uncompressed bytes of a file.</summary>
    /// <param name="packed">Read from where it stands; left open.</param>
    /// <param name="most">Uncompressed bytes that are read at most.</param>
    /// <param name="path">Named in errors.</param>
    /// <exception cref="InvalidDataException">It is damaged, or holds more.</exception>
    public static byte[] Unpack(Stream packed, int most, string path) => IsIncluded ? UnpackAll(packed, most, path)
        : throw new InvalidDataException($"'{path}': expected the unpacked file, found bzip2, which this program does not unpack; unpack "
            + "it by bunzip2, or take the full uvl.");

    static byte[] UnpackAll(Stream packed, int most, string path)
    {
        try
        {
            using var unpacked = new BZip2InputStream(packed) { IsStreamOwner = false };
            return ExactRead.UpTo(unpacked, most, path);
        }
        // The library does not say what it throws on damage.
        catch (Exception damaged) when (damaged is not (OutOfMemoryException or InvalidDataException))
        {
            throw new InvalidDataException($"'{path}': expected a whole bzip2 file, found otherwise: {Printable.Line(damaged.Message)} Get "
                + "the file again.", damaged);
        }
    }
}
