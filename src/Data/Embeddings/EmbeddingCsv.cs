using System.Buffers;
using System.Globalization;
using System.Text;

namespace Toolchain.Data;

/// <summary>CSV of RFC 4180 with LF line ends, numbers in the invariant culture and in the fewest digits that read back to the same float.</summary>
static class EmbeddingCsv
{
    static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    public static void Write(string path, EmbeddingTable table) => AtomicFile.Write(path, stream =>
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        WriteHeader(text, table);
        for (int row = 0; row < table.Count; row++)
        {
            WriteRow(text, table, row);
        }
    });

    static void WriteHeader(StreamWriter text, EmbeddingTable table)
    {
        text.Write("filename");
        for (int column = 0; column < table.Dimension; column++)
        {
            text.Write(string.Create(CultureInfo.InvariantCulture, $",embedding_{column}"));
        }
        text.Write(table.Labels is null ? "" : ",label");
        text.Write(table.Clusters is null ? "" : ",cluster");
        for (int column = 0; column < table.ClusterCount; column++)
        {
            text.Write(string.Create(CultureInfo.InvariantCulture, $",probability_{column}"));
        }
        text.WriteLine();
    }

    static void WriteRow(StreamWriter text, EmbeddingTable table, int row)
    {
        text.Write(Quote(table.Names[row]));
        WriteFloats(text, table.Embeddings.AsSpan(row * table.Dimension, table.Dimension));
        if (table.Labels is { } labels)
        {
            text.Write(string.Create(CultureInfo.InvariantCulture, $",{labels[row]}"));
        }
        if (table.Clusters is { } clusters)
        {
            text.Write(string.Create(CultureInfo.InvariantCulture, $",{clusters[row]}"));
        }
        if (table.Probabilities is { } probabilities)
        {
            WriteFloats(text, probabilities.AsSpan(row * table.ClusterCount, table.ClusterCount));
        }
        text.WriteLine();
    }

    static void WriteFloats(StreamWriter text, ReadOnlySpan<float> values)
    {
        Span<char> number = stackalloc char[32];
        foreach (float value in values)
        {
            // Python and pandas read "inf", not the invariant culture's "Infinity".
            _ = value.TryFormat(number, out int length, "R", CultureInfo.InvariantCulture);
            text.Write(',');
            text.Write(float.IsPositiveInfinity(value) ? "inf" : float.IsNegativeInfinity(value) ? "-inf" : float.IsNaN(value) ? "nan" : number[..length]);
        }
    }

    static string Quote(string field) =>
        field.AsSpan().ContainsAny(Special) ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
