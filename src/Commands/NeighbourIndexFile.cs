using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Data.Tensors;

namespace Toolchain.Commands;

/// <summary>
/// An index of <c>uvl neighbours</c> as a safetensors file: rows F32 [N,D], centres F32 [C,D], cells I64 [N], labels I64 [N] where classes
/// are known, and the digest of the model that embedded the rows.
/// </summary>
/// <param name="Rows">The rows.</param>
/// <param name="Centres">Centres of the cells.</param>
/// <param name="Cells">The nearest centre of each row.</param>
/// <param name="Labels">Class of each row; null where they are not known.</param>
/// <param name="ModelSha256">Digest of the model; null where the rows came from a file.</param>
sealed record NeighbourIndexFile(Rows Rows, Rows Centres, int[] Cells, int[]? Labels, string? ModelSha256)
{
    /// <summary>Extension of an index file.</summary>
    public const string Ending = ".index";

    const string Format = "kind", Kind = "neighbours 1", Model = "model_sha256";

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <exception cref="ArgumentException">There are more rows than fit into a file.</exception>
    public void Write(string path)
    {
        long bytes = (long)Rows.Count * (Rows.Width * sizeof(float) + 2 * sizeof(long)) + (long)Centres.Count * Rows.Width * sizeof(float);
        if (bytes > Array.MaxLength)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"--out '{path}': expected at most {Array.MaxLength} bytes of rows, found {bytes}; index parts of the rows."));
        }
        List<(string, TensorEntry)> tensors =
        [
            ("rows", TensorEntry.Of<float>(Rows.Values.Span, Rows.Count, Rows.Width)),
            ("centres", TensorEntry.Of<float>(Centres.Values.Span, Centres.Count, Centres.Width)),
            ("cells", TensorEntry.Of<long>(Array.ConvertAll(Cells, cell => (long)cell), Cells.Length)),
        ];
        if (Labels is not null)
        {
            tensors.Add(("labels", TensorEntry.Of<long>(Array.ConvertAll(Labels, label => (long)label), Labels.Length)));
        }
        var metadata = new Dictionary<string, string> { [Format] = Kind };
        if (ModelSha256 is not null)
        {
            metadata[Model] = ModelSha256;
        }
        SafeTensors.Write(path, tensors, metadata);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is no sound index.</exception>
    public static NeighbourIndexFile Read(string path)
    {
        SafeTensorsContent content = SafeTensors.Read(path);
        if (content.Metadata.GetValueOrDefault(Format) != Kind)
        {
            throw Unsound("expected an index of 'uvl neighbours', found other tensors; build one with 'uvl neighbours VECTORS --out "
                + $"{path}'");
        }
        (Rows rows, Rows centres) = (Matrix("rows"), Matrix("centres"));
        int[] cells = Numbers("cells", centres.Count) ?? throw Unsound("expected a tensor 'cells', found none; build the index again");
        return rows.Width != centres.Width
            ? throw Unsound($"expected centres of width {rows.Width}, found {centres.Width}; build the index again")
            : new(rows, centres, cells, Numbers("labels", int.MaxValue), content.Metadata.GetValueOrDefault(Model));

        InvalidDataException Unsound(string problem) => new($"'{path}': {problem}.");

        TensorEntry? Find(string name) => content.Tensors.FirstOrDefault(entry => entry.Name == name).Tensor;

        Rows Matrix(string name) => Find(name) is { Kind: TensorKind.Float32, Shape: [> 0, > 0 and <= int.MaxValue] } found
            ? new Rows(found.ToArray<float>(), (int)found.Shape[1])
            : throw Unsound($"expected float32 '{name}' [N,D], found another or none; build the index again");

        int[]? Numbers(string name, int end) => Find(name) is not TensorEntry found ? null
            : found is { Kind: TensorKind.Int64, Shape: [var length] } && length == rows.Count
                && found.ToArray<long>() is long[] values && Array.TrueForAll(values, value => value >= 0 && value < end)
            ? Array.ConvertAll(values, value => (int)value)
            : throw Unsound($"expected '{name}' of {rows.Count} numbers in [0..{end}), found others; build the index again");
    }
}
