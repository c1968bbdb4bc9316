using System.Runtime.InteropServices;
using System.Text;

namespace Toolchain.Data.Reading;

/// <summary>
/// Reads small files with three calls to the system where <see cref="File.OpenHandle"/> makes seven (it locks, unlocks and asks for the
/// kind of file and for its length too), which for images of 28 x 28 is a third of all that is done. Linux only.
/// </summary>
static partial class SmallFile
{
    // O_RDONLY | O_CLOEXEC | O_NONBLOCK of Linux: a named pipe without a writer is empty, rather than waited for.
    const int ForReading = 0x80800;

    /// <summary>Reads the start of a file: all of it where <paramref name="bytes"/> holds more than that.</summary>
    /// <returns>Bytes read; -1 where it cannot be done this way, for whatever reason: the usual way then says why.</returns>
    public static int Read(string path, Span<byte> bytes)
    {
        Span<byte> name = stackalloc byte[512];
        if (!OperatingSystem.IsLinux() || path.Contains('\0') || !Encoding.UTF8.TryGetBytes(path, name[..^1], out int length))
        {
            return -1;
        }
        name[length] = 0;
        int file = Open(ref MemoryMarshal.GetReference(name), ForReading);
        if (file < 0)
        {
            return -1;
        }
        int read = (int)Read(file, ref MemoryMarshal.GetReference(bytes), bytes.Length);
        _ = Close(file);
        return read;
    }

    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int Open(ref byte path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, ref byte bytes, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
