using System.Runtime.InteropServices;

namespace Toolchain.Data;

// Internal here, so that Graph, which may not know Data, can link this file; Data makes it public in ExternalFile.Public.cs.
/// <summary>
/// A file that a model names as the place of its weights. The name is a stranger's text: only a plain relative path to a regular file below
/// the model's own folder is followed, through no link of any kind.
/// </summary>
static partial class ExternalFile
{
    /// <summary>The file at <paramref name="location"/> below <paramref name="folder"/>.</summary>
    /// <exception cref="InvalidDataException">The place is not allowed, or no regular file with content lies there.</exception>
    public static FileInfo Resolve(string folder, string location)
    {
        string[] parts = location.Split('/');
        if (location.AsSpan().ContainsAny("\\:\0") || parts.Any(part => part is "" or "." or ".."))
        {
            throw new InvalidDataException(
                $"external data lies at '{location}'; expected a relative path below the model's folder, without '.', '..', ':' or '\\'.");
        }
        string path = folder;
        foreach (string part in parts)
        {
            path = Path.Combine(path, part);
            // Also a link whose target is gone exists as a link.
            if (new FileInfo(path).LinkTarget is not null)
            {
                throw new InvalidDataException(
                    $"external data lies at '{location}', which goes through the link '{part}'; expected a plain file below the "
                    + "model's folder.");
            }
        }
        var file = new FileInfo(path);
        // Pipes and devices have no length.
        if (file is not { Exists: true, Length: > 0 })
        {
            throw new InvalidDataException(
                $"external data lies at '{location}', where no regular file with content is; expected one in the model's folder.");
        }
        return LinkCount(path) <= 1
            ? file
            : throw new InvalidDataException($"external data lies at '{location}', a file with several names (hard links); expected one "
                + "with this name alone.");
    }

    /// <summary>Names that a file has; 1 where the platform does not tell.</summary>
    static long LinkCount(string path)
    {
        var status = new byte[256];
        if (OperatingSystem.IsLinux())
        {
            // struct statx has one layout on every architecture: the number of links is the 32-bit value at byte 16.
            const int AtCurrentFolder = -100, AtSymlinkNoFollow = 0x100, StatxLinkCount = 4;
            return statx(AtCurrentFolder, path, AtSymlinkNoFollow, StatxLinkCount, status) == 0 ? BitConverter.ToUInt32(status, 16) : 1;
        }
        if (OperatingSystem.IsMacOS())
        {
            // struct stat with 64-bit inodes: device (4 bytes), mode (2), number of links (2).
            return lstat(path, status) == 0 ? BitConverter.ToUInt16(status, 6) : 1;
        }
        if (OperatingSystem.IsWindows())
        {
            // BY_HANDLE_FILE_INFORMATION has the number of links at byte 40.
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
            return GetFileInformationByHandle(file, status) ? BitConverter.ToUInt32(status, 40) : 1;
        }
        return 1;
    }

    [DllImport("libc")]
    static extern int statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] status);

    [DllImport("libc")]
    static extern int lstat([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] status);

    [DllImport("kernel32")]
    static extern bool GetFileInformationByHandle(Microsoft.Win32.SafeHandles.SafeFileHandle file, byte[] status);
}
