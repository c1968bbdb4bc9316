using System.Globalization;
using Toolchain.Data.Csv;

namespace Toolchain.Data.Embeddings;

/// <summary>Embeddings from CSV.</summary>
static partial class EmbeddingReader
{
    static EmbeddingTable FromCsv(FileStream file, string path, long mostInMemory)
    {
        using var text = new StreamReader(file, System.Text.Encoding.UTF8);
        var records = new CsvRecords(text, path);
        List<string> heading = records.Next() ?? [];
        int[] columns = [.. Enumerable.Range(0, heading.Count)
            .Where(column => heading[column].StartsWith("embedding_", StringComparison.Ordinal))];
        (int name, int label, int cluster) = (heading.IndexOf("name"), heading.IndexOf("label"), heading.IndexOf("cluster"));
        if (columns.Length == 0)
        {
            throw new InvalidDataException($"'{path}': line 1: expected columns embedding_0, embedding_1 and so on, found others; write "
                + "the table with 'uvl embed'.");
        }
        using var values = new FloatSpool(mostInMemory);
        float[] numbers = new float[columns.Length];
        List<string> names = [];
        List<int> labels = [];
        List<long> clusters = [];
        while (records.Next() is List<string> row)
        {
            if (row.Count != heading.Count || values.Count + columns.Length > MostValues)
            {
                throw new InvalidDataException($"'{path}': line {records.Line}: expected {heading.Count} fields and at most {MostValues} "
                    + $"numbers, found {row.Count} fields.");
            }
            names.Add(name >= 0 ? row[name] : names.Count.ToString(CultureInfo.InvariantCulture));
            for (int i = 0; i < columns.Length; i++)
            {
                numbers[i] = Number(columns[i]);
            }
            values.Add(numbers);
            if (label >= 0)
            {
                labels.Add((int)Math.Clamp(Number(label), 0, int.MaxValue));
            }
            if (cluster >= 0)
            {
                clusters.Add((long)Number(cluster));
            }

            // Infinities as EmbeddingCsv writes them.
            float Number(int column) => float.TryParse(
                row[column] switch { "inf" => "Infinity", "-inf" => "-Infinity", var text => text },
                NumberStyles.Float, CultureInfo.InvariantCulture, out float value) ? value
                : throw new InvalidDataException($"'{path}': line {records.Line}: expected a number in field {column + 1}, found "
                    + $"'{Printable.Line(row[column])}'.");
        }
        (ReadOnlyMemory<float> embeddings, IDisposable? owner) = values.Finish();
        return Table(path, new(embeddings, names.Count)
        {
            Owner = owner,
            Names = names,
            Labels = label >= 0 ? [.. labels] : null,
            Clusters = cluster >= 0 ? [.. clusters] : null,
        });
    }
}
