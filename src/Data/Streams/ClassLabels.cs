using System.Globalization;

namespace Toolchain.Data.Streams;

/// <summary>Labels of a source and the classes that they count; or none, where they count no classes, which is said.</summary>
/// <param name="classes">The classes.</param>
/// <param name="labels">A label in [0..K) for each image.</param>
sealed class ClassLabels(ImageClasses classes, int[] labels)
{
    /// <summary>A file beside the data, or in its folder, that has the name of a class a line.</summary>
    public const string NamesFile = "labels.txt";

    // Names of 1,000 bytes.
    const int MostNameBytes = ImageClasses.Most * 1000;

    public ImageClasses Classes => classes;

    public int[] Labels => labels;

    /// <summary>Whether a number counts a class.</summary>
    public static bool IsClass(double number) => number is >= 0 and < ImageClasses.Most && number == Math.Floor(number);

    /// <summary>Labels of a column of texts: numbers where all are such, else names; null where they count no classes.</summary>
    /// <param name="labels">One for each image; null for an absent one.</param>
    /// <param name="place">Names them in the remark.</param>
    /// <param name="remarks">Gets a line where they are left out.</param>
    public static ClassLabels? OfColumn(IReadOnlyList<string?> labels, string place, ICollection<string> remarks)
    {
        int other = -1;
        long?[] numbers = new long?[labels.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!double.TryParse(labels[i], NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            {
                return Of(labels, place, remarks);
            }
            numbers[i] = IsClass(number) ? (long)number : null;
            other = other < 0 && !IsClass(number) ? i : other;
        }
        if (other >= 0)
        {
            LeaveOut(remarks, place, other, labels[other]!);
            return null;
        }
        return Of(numbers, place, remarks);
    }

    /// <summary>Labels that are numbers; null where one counts no class.</summary>
    /// <param name="labels">One for each image; null for an absent one.</param>
    /// <param name="place">Names them in the remark.</param>
    /// <param name="remarks">Gets a line where they are left out.</param>
    public static ClassLabels? Of(IReadOnlyList<long?> labels, string place, ICollection<string> remarks)
    {
        int[] classes = new int[labels.Count];
        for (int i = 0; i < classes.Length; i++)
        {
            if (labels[i] is not (>= 0 and < ImageClasses.Most))
            {
                LeaveOut(remarks, place, i, labels[i]?.ToString(CultureInfo.InvariantCulture) ?? "nothing");
                return null;
            }
            classes[i] = (int)labels[i]!.Value;
        }
        return new(ImageClasses.Reached(classes), classes);
    }

    /// <summary>Labels that are texts, each distinct one a class: in the order of their numbers where all are whole numbers, else in
    /// ordinal order; null where one is empty or there are too many.</summary>
    /// <param name="labels">One for each image; null for an absent one.</param>
    /// <param name="place">Names them in the remark.</param>
    /// <param name="remarks">Gets a line where they are left out.</param>
    public static ClassLabels? Of(IReadOnlyList<string?> labels, string place, ICollection<string> remarks)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < labels.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(labels[i]))
            {
                LeaveOut(remarks, place, i, "nothing");
                return null;
            }
            numbers[labels[i]!] = 0;
            if (numbers.Count > ImageClasses.Most)
            {
                LeaveOut(remarks, place, TooMany(numbers.Count));
                return null;
            }
        }
        string[] names = [.. numbers.Keys];
        // Whole numbers without zeros before them stand in their order where shorter ones come first.
        bool areNumbers = Array.TrueForAll(names, name => !name.AsSpan().ContainsAnyExceptInRange('0', '9'));
        Array.Sort(names, (a, b) => areNumbers && a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(a, b));
        for (int label = 0; label < names.Length; label++)
        {
            numbers[names[label]] = label;
        }
        int[] classes = new int[labels.Count];
        for (int i = 0; i < classes.Length; i++)
        {
            classes[i] = numbers[labels[i]!];
        }
        return names.Length == 0 ? null : new(new(names.Length, names), classes);
    }

    /// <summary>What was expected and found where there are too many classes.</summary>
    public static string TooMany(int found) => $"expected at most {ImageClasses.Most} classes, found {found} and more";

    /// <summary>Classes of a source, whose numbers get the names of <see cref="NamesFile"/> where there is one.</summary>
    /// <param name="classes">Those that the labels reach.</param>
    /// <param name="folder">Where the file may lie.</param>
    /// <param name="remarks">Gets a line where there is a file that does not name them.</param>
    public static ImageClasses Named(ImageClasses classes, string folder, ICollection<string> remarks)
    {
        var file = new FileInfo(Path.Combine(folder, NamesFile));
        if (classes.Names is not null || !file.Exists)
        {
            return classes;
        }
        if (file.Length > MostNameBytes)
        {
            return Without($"{file.Length} bytes");
        }
        string[] names = [.. File.ReadAllText(file.FullName).TrimEnd().Split('\n').Select(line => line.Trim())];
        return Array.Exists(names, name => name == "") ? Without($"none in line {Array.IndexOf(names, "") + 1}")
            : names.Distinct().Count() < names.Length ? Without("one twice")
            : names.Length < classes.Count || names.Length > ImageClasses.Most ? Without($"{names.Length}") : new(names.Length, names);

        ImageClasses Without(string found)
        {
            remarks.Add($"'{file.FullName}': class names are left out: expected a name a line for each of {classes.Count} classes, found "
                + found);
            return classes;
        }
    }

    /// <summary>Says that labels are left out.</summary>
    /// <param name="remarks">Gets the line.</param>
    /// <param name="place">Names the labels.</param>
    /// <param name="reason">What was expected of them and what was found.</param>
    public static void LeaveOut(ICollection<string> remarks, string place, string reason) =>
        remarks.Add($"'{place}': labels are left out: {Printable.Line(reason)}");

    /// <summary>Says that labels are left out for one of them.</summary>
    public static void LeaveOut(ICollection<string> remarks, string place, long index, string found) =>
        LeaveOut(remarks, place, Expected(index, found));

    /// <summary>What a label should be and what it was.</summary>
    public static string Expected(long index, string found) =>
        string.Create(CultureInfo.InvariantCulture, $"that of image {index} should be a class in 0..{ImageClasses.Most - 1}, was {found}");
}
