using System.IO.Enumeration;

namespace Toolchain.Data;

/// <summary>Image files in a folder and the folders below it, in ordinal order of their paths.</summary>
static class FolderSource
{
    public static DigitSet Open(string folder, bool skipBad)
    {
        string[] names = FindImages(folder);
        byte?[] labels = [.. names.Select(LabelOf)];
        int unlabelled = Array.IndexOf(labels, null), labelled = Array.FindIndex(labels, label => label is not null);
        if (unlabelled >= 0 && labelled >= 0)
        {
            throw new InvalidDataException($"'{folder}': expected all images below folders named 0..9, or none, found '{names[labelled]}' and '{names[unlabelled]}'; move one kind elsewhere.");
        }
        var rows = new DigitRows(folder, skipBad);
        for (int i = 0; i < names.Length; i++)
        {
            string path = Path.Combine(folder, names[i]);
            rows.Add(names[i], labels[i], path, () => File.ReadAllBytes(path));
        }
        return rows.ToSet();
    }

    // Paths relative to the folder, with / on every system. Links to folders are not followed: they may lead round in circles.
    static string[] FindImages(string folder)
    {
        var found = new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToFullPath(), new() { RecurseSubdirectories = true, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && ImageFile.HasImageName(entry.FileName),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        string[] names = [.. found.Select(path => Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/'))];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    // The nearest folder named by one digit counts: `training/7/41.png` is a seven.
    static byte? LabelOf(string name)
    {
        string[] parts = name.Split('/');
        for (int i = parts.Length - 2; i >= 0; i--)
        {
            if (parts[i] is [>= '0' and <= '9'])
            {
                return (byte)(parts[i][0] - '0');
            }
        }
        return null;
    }
}
