namespace Toolchain.Data;

/// <summary>What a misspelt word may have meant.</summary>
public static class NearestWord
{
    /// <summary>
    /// The known word with the fewest edits from <paramref name="word"/>, upper and lower case alike; null where there is none, or more
    /// than a third of its letters would have to change.
    /// </summary>
    public static string? Of(string word, IEnumerable<string> known) => known
        .Select(candidate => (Word: candidate, Edits: Edits(candidate.ToLowerInvariant(), word.ToLowerInvariant())))
        .Where(found => found.Edits <= Math.Max(1, found.Word.Length / 3))
        .OrderBy(found => found.Edits).ThenBy(found => found.Word, StringComparer.Ordinal)
        .Select(found => found.Word).FirstOrDefault();

    // Levenshtein with swapped neighbours as one edit (optimal string alignment), by the recurrence's three latest rows.
    static int Edits(string a, string b)
    {
        int[] before = [], last = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }
            (before, last) = (last, row);
        }
        return last[^1];
    }
}
