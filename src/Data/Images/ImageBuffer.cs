using Toolchain.Data.Reading;

namespace Toolchain.Data.Images;

/// <summary>Holds one file after another.</summary>
sealed class ImageBuffer
{
    /// <summary>Longest image file that is read: one of as many pixels as are read takes no more.</summary>
    public const int MaxFileBytes = 64 << 20;

    byte[] bytes = new byte[4096];

    /// <summary>The content of a file, valid until the next call.</summary>
    /// <exception cref="InvalidDataException">There is no such file any more, it cannot be opened, or it is too long.</exception>
    public ReadOnlySpan<byte> ReadFile(string path)
    {
        int known = SmallFile.Read(path, bytes);
        if (known >= 0 && known < bytes.Length)
        {
            return bytes.AsSpan(0, known);
        }
        try
        {
            // The length is found by reading: a call to the system less.
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            int length = RandomAccess.Read(file, bytes, 0);
            while (length == bytes.Length)
            {
                Grow(path);
                length += RandomAccess.Read(file, bytes.AsSpan(length), length);
            }
            return bytes.AsSpan(0, length);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            string why = path.Contains('\uFFFD', StringComparison.Ordinal) ? "a name that is not UTF-8; rename it"
                : "none; it was listed, and has vanished since";
            throw new InvalidDataException($"'{path}': expected a file, found {why}.", gone);
        }
        catch (UnauthorizedAccessException shut)
        {
            throw new InvalidDataException(Directory.Exists(path) ? $"'{path}': expected an image file, found a folder; name its files."
                : $"'{path}': expected a file that may be read, found one that may not; change its permissions.", shut);
        }
        catch (IOException shut)
        {
            throw new InvalidDataException($"'{path}': expected a file that can be read, found otherwise: "
                + $"{shut.Message.ReplaceLineEndings(" ")}", shut);
        }
    }

    void Grow(string path)
    {
        if (bytes.Length >= MaxFileBytes)
        {
            throw new InvalidDataException($"'{path}': expected an image file of less than {MaxFileBytes} bytes, found more; "
                + "scale the image down.");
        }
        Array.Resize(ref bytes, Math.Min(bytes.Length * 4, MaxFileBytes));
    }
}
