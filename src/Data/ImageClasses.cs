using System.Globalization;

namespace Toolchain.Data;

/// <summary>The classes of images: how many there are (K), and what each is called. A label in [0..K) is the number of a class.</summary>
public sealed class ImageClasses
{
    /// <summary>Most classes: with more, a label is the name of an image rather than of a class.</summary>
    public const int Most = 4096;

    /// <summary>Takes names, or a number of classes that have none.</summary>
    /// <param name="count">Number of classes (K), in [1..<see cref="Most"/>].</param>
    /// <param name="names">K names, the first of label 0; null where each class is called by its number.</param>
    /// <exception cref="ArgumentException">There are too few or too many classes, or another number of names.</exception>
    public ImageClasses(int count, IReadOnlyList<string>? names = null)
    {
        if (count is < 1 or > Most)
        {
            throw new ArgumentException($"'{nameof(count)}' must be in [1..{Most}], was {count}.", nameof(count));
        }
        if (names is not null && names.Count != count)
        {
            throw new ArgumentException($"'{nameof(names)}' must have one entry for each of {count} classes, had {names.Count}.",
                nameof(names));
        }
        Count = count;
        int named = 0;
        while (names is not null && named < count && names[named] == Number(named))
        {
            named++;
        }
        Names = names is null || named == count ? null : [.. names.Select(Printable.Line)];
    }

    /// <summary>The ten digits, each called by its number.</summary>
    public static ImageClasses Digits { get; } = new(10);

    /// <summary>Number of classes (K).</summary>
    public int Count { get; }

    /// <summary>K names, the first of label 0; null where each class is called by its number.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>Whether these are the ten digits.</summary>
    public bool AreDigits => Count == Digits.Count && Names is null;

    /// <summary>What a class is called.</summary>
    /// <param name="label">Its number, in [0..K).</param>
    public string NameOf(int label) => Names is null ? Number(label) : Names[label];

    /// <summary>What all classes are called, the first of label 0.</summary>
    public string[] AllNames() => [.. Enumerable.Range(0, Count).Select(NameOf)];

    /// <summary>The classes of two parts of a dataset, those of the part that has more; null where not both have labels.</summary>
    /// <param name="first">A part.</param>
    /// <param name="second">Another.</param>
    public static ImageClasses? OfBoth(ImageSet first, ImageSet second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return first.Classes is { } known && second.Classes is { } other ? other.Count > known.Count ? other : known : null;
    }

    /// <summary>As many classes as labels reach, called by their numbers.</summary>
    /// <param name="labels">Labels of 0 and more.</param>
    internal static ImageClasses Reached(ReadOnlySpan<int> labels)
    {
        int most = 0;
        foreach (int label in labels)
        {
            most = Math.Max(most, label);
        }
        return new(Math.Min(most, Most - 1) + 1);
    }

    static string Number(int label) => label.ToString(CultureInfo.InvariantCulture);
}
