using Toolchain.Data.Streams;

namespace Toolchain.Data.Files;

/// <summary>
/// Classes of images by the folders that they lie in. Where each lies below a folder named by a digit, the nearest one is its class:
/// `training/7/41.png` is a seven. Otherwise it is the folder at which the paths part: `fruit/apple/red/1.png` and `fruit/pear/2.png` are
/// an apple and a pear; folders `train`, `test` and the like are gone past.
/// </summary>
static class FolderClasses
{
    static readonly HashSet<string> parts = ["train", "training", "test", "testing", "val", "valid", "validation"];

    /// <summary>The classes; null where there are none.</summary>
    /// <param name="names">Paths of the images, their parts joined by '/'.</param>
    /// <param name="place">Names them in the remark.</param>
    /// <param name="remarks">Gets a line where some images lie in folders of classes and others do not.</param>
    public static ClassLabels? Of(IReadOnlyList<string> names, string place, ICollection<string> remarks)
    {
        long?[] digits = new long?[names.Count];
        int count = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            digits[i] = DigitOf(names[i]);
            count += digits[i] is null ? 0 : 1;
        }
        if (count == digits.Length)
        {
            return ClassLabels.Of(digits, place, remarks);
        }
        string?[] folders = FoldersOf(names);
        int beside = Array.IndexOf(folders, null);
        bool areSeveral = folders.Distinct().Count() > (beside < 0 ? 1 : 2);
        if (beside >= 0 && (areSeveral || count > 0))
        {
            ClassLabels.LeaveOut(remarks, place, $"of {names.Count} images {folders.Count(folder => folder is not null)} lie in folders of "
                + $"classes, '{names[beside]}' does not");
        }
        return beside >= 0 || !areSeveral ? null : ClassLabels.Of(folders, place, remarks);
    }

    /// <summary>The images of a part: where the folder at which the paths part is `train` or `test` for each, or alike, those of that
    /// folder. Where there is no `test`, a `val` stands for it.</summary>
    /// <param name="names">Paths of the images, their parts joined by '/'.</param>
    /// <param name="split">The part that is wanted.</param>
    /// <returns>Its images; all, where there are no parts, which <see cref="Split.All"/> says.</returns>
    public static (string[] Names, Split Split) PartOf(string[] names, Split split)
    {
        int start = CommonFolder(names);
        string[] train = Within("train", "training"), test = Within("test", "testing"), validation = Within("val", "valid", "validation");
        (string[] held, int others) = test.Length > 0 ? (test, validation.Length) : (validation, 0);
        return split == Split.All || train.Length == 0 || held.Length == 0 || train.Length + held.Length + others < names.Length
            ? (names, Split.All) : (split == Split.Train ? train : held, split);

        string[] Within(params string[] folders) => Array.FindAll(names, name => folders.Contains(Folder(name, start)?.ToLowerInvariant()));
    }

    /// <summary>The nearest folder named by one digit.</summary>
    public static int? DigitOf(string name)
    {
        ReadOnlySpan<char> rest = name;
        for (int slash; (slash = rest.LastIndexOf('/')) >= 0;)
        {
            rest = rest[..slash];
            ReadOnlySpan<char> folder = rest[(rest.LastIndexOf('/') + 1)..];
            if (folder is [>= '0' and <= '9'])
            {
                return folder[0] - '0';
            }
        }
        return null;
    }

    /// <summary>The folder that all images lie in, where it could be meant as a class; null where there is none.</summary>
    /// <param name="names">Paths of the images, their parts joined by '/'.</param>
    public static string? OnlyFolder(IReadOnlyList<string> names)
    {
        string[] folders = names.Count == 0 ? [] : names[0][..Math.Max(0, CommonFolder(names) - 1)].Split('/');
        return folders is [.., { Length: > 0 } last] && !parts.Contains(last.ToLowerInvariant()) ? last : null;
    }

    // The folder at which paths part, of each; null of an image that lies beside it.
    static string?[] FoldersOf(IReadOnlyList<string> names)
    {
        int start = CommonFolder(names);
        string?[] folders = [.. names.Select(name => Folder(name, start))];
        return folders.Length > 0 && Array.TrueForAll(folders, folder => folder is not null && parts.Contains(folder.ToLowerInvariant()))
            ? [.. names.Select((name, i) => Folder(name, start + folders[i]!.Length + 1))] : folders;
    }

    static string? Folder(string name, int start) => name.IndexOf('/', start) is var end and >= 0 ? name[start..end] : null;

    // Length of what all paths begin with, up to and with a '/'.
    static int CommonFolder(IReadOnlyList<string> names)
    {
        int common = names.Count == 0 ? 0 : names[0].LastIndexOf('/') + 1;
        foreach (string name in names)
        {
            int same = name.AsSpan().CommonPrefixLength(names[0].AsSpan(0, common));
            common = names[0].AsSpan(0, same).LastIndexOf('/') + 1;
        }
        return common;
    }
}
