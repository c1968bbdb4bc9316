using System.Globalization;

namespace Toolchain.Data.Streams;

/// <summary>Labels of a source: digits, or something else, which is left out and said.</summary>
static class ClassLabels
{
    /// <summary>The labels as bytes in [0..9]; null where one is no digit.</summary>
    /// <param name="labels">One for each image; null for an absent one.</param>
    /// <param name="place">Names them in the remark.</param>
    /// <param name="remarks">Gets a line where they are left out.</param>
    public static byte[]? Of(IReadOnlyList<long?> labels, string place, ICollection<string> remarks)
    {
        byte[] digits = new byte[labels.Count];
        for (int i = 0; i < digits.Length; i++)
        {
            if (labels[i] is not (>= 0 and <= 9))
            {
                LeaveOut(remarks, place, i, labels[i]?.ToString(CultureInfo.InvariantCulture) ?? "nothing");
                return null;
            }
            digits[i] = (byte)labels[i]!.Value;
        }
        return digits;
    }

    /// <summary>Says that labels are left out.</summary>
    /// <param name="remarks">Gets the line.</param>
    /// <param name="place">Names the labels.</param>
    /// <param name="reason">What was expected of them and what was found.</param>
    public static void LeaveOut(ICollection<string> remarks, string place, string reason) =>
        remarks.Add($"'{place}': labels are left out: {Printable.Line(reason)}");

    /// <summary>Says that labels are left out for one of them.</summary>
    public static void LeaveOut(ICollection<string> remarks, string place, long index, string found) =>
        LeaveOut(remarks, place, $"number {index} should be a digit 0..9, was {found}");
}
