using System.Globalization;
using System.Text.Json.Nodes;
using Toolchain.Clustering.Neighbours;
using Toolchain.Data;
using Toolchain.Data.Npy;
using Toolchain.Data.Tensors;

namespace Toolchain.Commands;

/// <summary>Neighbours that were found, and how they are told: a table, JSON lines, a .csv, or an .npy with its distances beside.</summary>
/// <param name="Queries">Name of each query, [Q].</param>
/// <param name="Found">Rows and distances.</param>
/// <param name="Labels">Class of each row of the index; null where they are not known.</param>
sealed record NeighbourAnswer(string[] Queries, NeighbourTable Found, int[]? Labels)
{
    /// <summary>The files that <see cref="Save"/> writes.</summary>
    public static string[] FilesOf(string path) =>
        Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase) ? [path, DistancesOf(path)] : [path];

    /// <summary>Writes all neighbours to a file.</summary>
    public void Save(string path)
    {
        if (Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase))
        {
            NpyFile.WriteAll(
            [
                (path, TensorEntry.Of<long>(Array.ConvertAll(Found.Indices, row => (long)row), Queries.Length, Found.Count)),
                (DistancesOf(path), TensorEntry.Of<float>(Found.Values, Queries.Length, Found.Count)),
            ]);
            return;
        }
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.WriteLine(string.Join(',', Heading));
        foreach (string[] line in Lines("r"))
        {
            text.WriteLine(string.Join(',', line));
        }
        AtomicFile.WriteText(path, text.ToString());
    }

    /// <summary>Tells what <see cref="Save"/> wrote.</summary>
    public void PrintSaved(Terminal terminal, string path)
    {
        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"{Printable.Count(Found.Count, "neighbour")} of each of {Queries.Length:n0} "
            + $"{(Queries.Length == 1 ? "query" : "queries")} in {path}"));
        terminal.Event("searched", new JsonObject { ["path"] = path, ["queries"] = Queries.Length, ["count"] = Found.Count });
    }

    /// <summary>Prints all neighbours, as a table and as events.</summary>
    public void Print(Terminal terminal)
    {
        terminal.TableForPeople(Heading, Lines("f4"));
        for (int query = 0; query < Queries.Length; query++)
        {
            Range own = (query * Found.Count)..((query + 1) * Found.Count);
            terminal.Event("neighbours", new JsonObject
            {
                ["query"] = Queries[query],
                ["rows"] = Json(Found.Indices[own]),
                ["distances"] = Json(Found.Values[own]),
                ["labels"] = Labels is null ? null : Json(Array.ConvertAll(Found.Indices[own], row => Labels[row])),
            });
        }
    }

    string[] Heading => Labels is null ? ["query", "rank", "row", "distance"] : ["query", "rank", "row", "distance", "label"];

    IEnumerable<string[]> Lines(string format)
    {
        for (int i = 0; i < Found.Indices.Length; i++)
        {
            string[] line = [Queries[i / Found.Count], Text(i % Found.Count + 1), Text(Found.Indices[i]),
                Found.Values[i].ToString(format, CultureInfo.InvariantCulture)];
            yield return Labels is null ? line : [.. line, Text(Labels[Found.Indices[i]])];
        }
    }

    static string DistancesOf(string path) => Path.ChangeExtension(path, "distances.npy");

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static JsonArray Json(int[] numbers) => new([.. numbers.Select(number => JsonValue.Create(number))]);

    static JsonArray Json(float[] numbers) => new([.. numbers.Select(number => JsonValue.Create(number))]);
}
