namespace Toolchain.Data.Reading;

/// <summary>Names what a file holds in place of what was expected.</summary>
public static class FileContent
{
    /// <summary>What a file is that should be a model, as <see cref="InsteadOfModel(ReadOnlySpan{byte})"/> says it.</summary>
    public static string? InsteadOfModel(string path)
    {
        // Pipes and devices have no length; opening one could wait for ever.
        if (new FileInfo(path) is not { Exists: true, Length: > 0 })
        {
            return null;
        }
        byte[] start = new byte[FileKinds.MagicBytes];
        using FileStream file = File.OpenRead(path);
        return InsteadOfModel(start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)));
    }

    /// <summary>What a file is that should be a model, and what to do: "a web page; get the file itself".</summary>
    /// <param name="start">Its first bytes, or all.</param>
    /// <returns>Null where it is nothing that is known.</returns>
    public static string? InsteadOfModel(ReadOnlySpan<byte> start) => FileKinds.InsteadOfModel(start);
}
