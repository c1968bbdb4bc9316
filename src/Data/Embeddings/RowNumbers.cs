using System.Collections;
using System.Globalization;

namespace Toolchain.Data.Embeddings;

/// <summary>The names of rows that have none: "0", "1" and so on, made when they are read.</summary>
/// <param name="count">Number of rows.</param>
sealed class RowNumbers(int count) : IReadOnlyList<string>
{
    public int Count => count;

    public string this[int index] => index >= 0 && index < count ? index.ToString(CultureInfo.InvariantCulture)
        : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<string> GetEnumerator() => Enumerable.Range(0, count).Select(row => this[row]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
