namespace Toolchain.Graph;

/// <summary>A graph with its weights, opset and metadata: what one <c>.onnx</c> file holds.</summary>
public sealed class OnnxModel
{
    /// <summary>Oldest version of the operators that is written and read.</summary>
    public const int LowestOpset = 13;

    /// <summary>Newest version of the operators that is written and read.</summary>
    public const int HighestOpset = 23;

    /// <summary>Version of the default operator domain, 13..23.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>Lowest version of the file format that allows <see cref="Opset"/>.</summary>
    public int IrVersion => Opset switch { <= 14 => 7, <= 18 => 8, <= 20 => 9, <= 22 => 10, _ => 11 };

    /// <summary>Name of the graph.</summary>
    public string Name { get; init; } = "model";

    /// <summary>Text for a reader of the file.</summary>
    public string Documentation { get; init; } = "";

    /// <summary>Inputs in the order of the caller's arguments.</summary>
    public required IReadOnlyList<Value> Inputs { get; init; }

    /// <summary>Outputs in order.</summary>
    public required IReadOnlyList<Value> Outputs { get; init; }

    /// <summary>Constant tensors by name, in order of definition.</summary>
    public required IReadOnlyList<KeyValuePair<string, TensorData>> Initializers { get; init; }

    /// <summary>Nodes, each after the nodes whose outputs it takes.</summary>
    public required IReadOnlyList<Node> Nodes { get; init; }

    /// <summary>Free texts by key (ONNX's metadata_props); written in ordinal order of the keys.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The same model with other metadata.</summary>
    public OnnxModel WithMetadata(IReadOnlyDictionary<string, string> metadata) => Copy(Nodes, Initializers, metadata);

    /// <summary>The same model with other nodes, without weights that none of them reads.</summary>
    public OnnxModel WithNodes(IReadOnlyList<Node> nodes) => Passes.DeadNodeRemoval.Apply(Copy(nodes, Initializers, Metadata));

    /// <summary>The same model with what <paramref name="replace"/> makes of each weight: a tensor of its type and sizes.</summary>
    public OnnxModel WithWeights(Func<TensorData, TensorData> replace) =>
        Copy(Nodes, [.. Initializers.Select(pair => KeyValuePair.Create(pair.Key, replace(pair.Value)))], Metadata);

    /// <summary>The same model with the result of every node as an output, for looking inside.</summary>
    /// <exception cref="GraphException">The model does not check.</exception>
    public OnnxModel WithAllOutputs() => WithOutputs([.. Nodes.SelectMany(node => node.Outputs).Where(name => name != "")]);

    /// <summary>The same model with the results of <paramref name="names"/> as its outputs, for looking inside.</summary>
    /// <exception cref="GraphException">The model does not check, or no node makes such a result.</exception>
    public OnnxModel WithOutputs(IReadOnlyList<string> names)
    {
        IReadOnlyDictionary<string, TensorType> types = GraphChecker.Check(this);
        return Copy(Nodes, Initializers, Metadata, [.. names.Select(name => types.TryGetValue(name, out TensorType? type)
            ? new Value(name, type) : throw new GraphException($"no node makes '{name}'."))]);
    }

    /// <summary>
    /// The same model with one of its outputs, without what that one does not need; with none where it has no such output.
    /// </summary>
    public OnnxModel Only(string output) =>
        Passes.DeadNodeRemoval.Apply(Copy(Nodes, Initializers, Metadata, [.. Outputs.Where(value => value.Name == output)]));

    internal OnnxModel With(IReadOnlyList<Node> nodes, IReadOnlyList<KeyValuePair<string, TensorData>> initializers) =>
        Copy(nodes, initializers, Metadata);

    OnnxModel Copy(IReadOnlyList<Node> nodes, IReadOnlyList<KeyValuePair<string, TensorData>> initializers,
        IReadOnlyDictionary<string, string> metadata, IReadOnlyList<Value>? outputs = null) => new()
        {
            Opset = Opset,
            Name = Name,
            Documentation = Documentation,
            Inputs = Inputs,
            Outputs = outputs ?? Outputs,
            Initializers = initializers,
            Nodes = nodes,
            Metadata = metadata,
        };

    /// <summary>The bytes of a self-contained file; the same model gives the same bytes.</summary>
    /// <exception cref="GraphException">They would be more than the 2 GB that the format allows.</exception>
    public byte[] ToBytes()
    {
        return WeightBytes < Array.MaxLength && Writing.OnnxWriter.ToProto(this) is Onnx.ModelProto proto
            && proto.CalculateSize() is > 0 and int size && size < Array.MaxLength
            ? Google.Protobuf.MessageExtensions.ToByteArray(proto)
            : throw new GraphException($"a model with {WeightBytes} bytes of weights is too large for one file; save it with external "
            + $"data.");
    }

    /// <summary>Size of all constant tensors.</summary>
    public long WeightBytes => Initializers.Sum(pair => pair.Value.ByteCount);

    /// <summary>Writes the file whole or not at all, with its weights in a second file beside it where they are large.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="externalDataThreshold">Bytes of weights from which they go into a file of their own.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; what was there before is still there.</exception>
    public SavedModel Save(string path, long externalDataThreshold = Writing.ModelWriter.DefaultThreshold) =>
        Writing.ModelWriter.Save(this, path, externalDataThreshold);

    /// <summary>
    /// Writes a small file with the graph of a self-contained one, whose large weights are external data that lie in that one. A runtime
    /// maps them, where it would copy those inside of a model.
    /// </summary>
    /// <param name="path">A self-contained file.</param>
    /// <param name="reference">The file to make or replace, in the same folder.</param>
    public static void WriteReference(string path, string reference) => Reading.ReferenceFile.Write(path, reference);

    /// <summary>Reads a file, and the weights beside it that it names.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no ONNX model, or uses what this library does not read; the message names the
    /// place.</exception>
    public static OnnxModel Load(string path)
    {
        try
        {
            return Reading.OnnxReader.Read(Reading.ModelFile.ReadBytes(path), Path.GetDirectoryName(Path.GetFullPath(path)));
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"'{path}': {error.Message}", error);
        }
    }

    /// <summary>
    /// The model as a reader of its file gets it: written and read again, but for the content of large weights, which stay this model's
    /// own.
    /// </summary>
    public OnnxModel ReadBack() => Reading.OnnxReader.Read(Reading.WeightCut.WriteAndRead(this), folder: null);

    /// <summary>Digest and size of what <see cref="Save"/> writes by default, without making it.</summary>
    public SavedModel Describe() => Writing.ModelWriter.Describe(this);

    /// <summary>Reads a model from the bytes of a file, which must not change afterwards: large weights stay in them.</summary>
    /// <exception cref="InvalidDataException">The bytes are no ONNX model, or use what this library does not read.</exception>
    public static OnnxModel FromBytes(ReadOnlyMemory<byte> bytes) => Reading.OnnxReader.Read(bytes);
}
