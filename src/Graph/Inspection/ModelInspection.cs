using System.Security.Cryptography;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Reading;

namespace Toolchain.Graph.Inspection;

/// <summary>What an <c>.onnx</c> file holds, whoever wrote it.</summary>
public sealed record ModelInspection
{
    /// <summary>Digest of the file, 64 hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Size of the file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Version of the file format.</summary>
    public required long IrVersion { get; init; }

    /// <summary>Versions of the operators by domain; "ai.onnx" is the default one.</summary>
    public required IReadOnlyDictionary<string, long> Opsets { get; init; }

    /// <summary>Program that wrote the file, with its version; may be empty.</summary>
    public required string Producer { get; init; }

    /// <summary>Name of the graph.</summary>
    public required string Graph { get; init; }

    /// <summary>Text for a reader of the file; may be empty.</summary>
    public required string Documentation { get; init; }

    /// <summary>Inputs such as "image: Float32 [N,1,28,28]".</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>Outputs in the same form.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>How often each operator occurs, in subgraphs and functions too; other domains are prefixed to the name.</summary>
    public required IReadOnlyDictionary<string, int> Operators { get; init; }

    /// <summary>Number of elements of all constant tensors.</summary>
    public required long Parameters { get; init; }

    /// <summary>Names of the files beside the model that hold weights.</summary>
    public required IReadOnlyList<string> ExternalFiles { get; init; }

    /// <summary>Free texts by key.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>What of it this library does not know; empty where it can check and run the model.</summary>
    public required IReadOnlyList<string> Foreign { get; init; }

    /// <summary>Floating-point operations for one row (named axes as 1); null where that is unknown.</summary>
    public double? FlopsPerRow { get; init; }

    /// <summary>Elements of all tensors, weights and results, for one row; null where that is unknown.</summary>
    public double? ElementsPerRow { get; init; }

    /// <summary>The nodes as text, one line each: name, operator, types of the results; empty where <see cref="Foreign"/> is not.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>The model, checked; null where <see cref="Foreign"/> is not empty.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public OnnxModel? Model { get; init; }

    /// <summary>Reads a file, and checks it as far as its operators are known.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, breaks a rule of ONNX, or means harm; the text names the
    /// place.</exception>
    public static ModelInspection Load(string path)
    {
        try
        {
            return Of(ModelFile.ReadBytes(path), Path.GetDirectoryName(Path.GetFullPath(path)));
        }
        catch (Exception error) when (error is InvalidDataException or GraphException)
        {
            throw new InvalidDataException($"'{path}': {error.Message}", error);
        }
    }

    /// <summary>Of the bytes of a file; <paramref name="folder"/> is where external data may lie.</summary>
    internal static ModelInspection Of(byte[] bytes, string? folder)
    {
        ParsedModel parsed = ModelFile.Parse(bytes);
        GraphOrder.Check(parsed.Proto.Graph);
        ModelInspection outline = ProtoOutline.Of(parsed.Proto) with
        {
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Bytes = bytes.Length
        };
        if (outline.Foreign.Count > 0)
        {
            return outline;
        }
        OnnxModel model = OnnxReader.Read(parsed, folder);
        IReadOnlyDictionary<string, TensorType> types = GraphChecker.Check(model);
        return outline with
        {
            Model = model,
            FlopsPerRow = FlopCount.PerRow(model, types),
            ElementsPerRow = FlopCount.Elements(types),
            Nodes = [.. model.Nodes.Select(node => $"{node.Name}: {node.Op} -> "
                + $"{string.Join(", ", node.Outputs.Where(name => name != "").Select(name => types[name]))}")],
        };
    }
}
