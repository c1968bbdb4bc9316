using Onnx;
using Toolchain.Graph.Checking;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Operators;
using Toolchain.Graph.Reading;

namespace Toolchain.Graph.Tests;

/// <summary>The official operator vectors of the onnx project, run on the float64 evaluator.</summary>
static class Conformance
{
    // The newest opset of these vectors; each is of its operator's newest form, whatever its own stamp.
    const int Opset = 17;

    /// <summary>Where Debian's libonnx-testdata lies; ONNX_TESTDATA names another folder.</summary>
    public static string Folder { get; } = Path.Combine(Environment.GetEnvironmentVariable("ONNX_TESTDATA")
        ?? "/usr/share/libonnx-testdata/data", "node");

    /// <summary>A case, and why it does not pass; null where it does.</summary>
    public sealed record Result(string Name, string Operators, string? Reason);

    /// <summary>Runs every case all of whose operators this library has, in order of their names.</summary>
    public static IReadOnlyList<Result> RunAll()
    {
        HashSet<string> known = [.. OperatorRegistry.All.Where(item => item.MinimumOpset <= Opset).Select(item => item.Name)];
        var results = new List<Result>();
        foreach (string folder in Directory.GetDirectories(Folder).Order(StringComparer.Ordinal))
        {
            ModelProto proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
            if (proto.Graph.Node.All(node => node.Domain == "" && known.Contains(node.OpType)))
            {
                results.Add(new Result(Path.GetFileName(folder),
                    string.Join(", ", proto.Graph.Node.Select(node => node.OpType).Distinct().Order(StringComparer.Ordinal)),
                    Run(proto, folder)));
            }
        }
        return results;
    }

    static string? Run(ModelProto proto, string folder)
    {
        try
        {
            foreach (OperatorSetIdProto domain in proto.OpsetImport)
            {
                domain.Version = Opset;
            }
            // Axes, shapes and pads are constants in every exported graph, and shape rules read them; the vectors feed them.
            string[] sets = [.. Directory.GetDirectories(folder, "test_data_set_*").Order(StringComparer.Ordinal)];
            for (int i = 1; i < proto.Graph.Input.Count && sets.Length == 1; i++)
            {
                if (Tensor(sets[0], "input", i) is { Type: ElementType.Int64, Sizes.Count: 1 } tensor)
                {
                    var constant = new TensorProto
                    {
                        Name = proto.Graph.Input[i].Name,
                        DataType = (int)tensor.Type,
                        Dims = { tensor.Sizes },
                        RawData = Google.Protobuf.ByteString.CopyFrom(tensor.Bytes.Span)
                    };
                    proto.Graph.Initializer.Add(constant);
                }
            }
            OnnxModel model = OnnxReader.Read(new ParsedModel(proto, new Dictionary<int, System.Buffers.ReadOnlySequence<byte>>()),
                folder: null);
            GraphChecker.Check(model);
            return sets.Select(set => Differs(model, proto, set)).FirstOrDefault(reason => reason is not null);
        }
        catch (Exception error) when (error is InvalidDataException or GraphException)
        {
            return error.Message;
        }
    }

    static string? Differs(OnnxModel model, ModelProto proto, string set)
    {
        IReadOnlyDictionary<string, TensorData> found =
            Evaluator.Run(model, proto.Graph.Input.Select((input, i) => (input.Name, Value: Tensor(set, "input", i)))
            .ToDictionary(pair => pair.Name, pair => pair.Value));
        for (int i = 0; i < model.Outputs.Count; i++)
        {
            (TensorData wanted, TensorData given) = (Tensor(set, "output", i), found[model.Outputs[i].Name]);
            if (!wanted.Sizes.SequenceEqual(given.Sizes))
            {
                return $"output {i} is [{string.Join(",", given.Sizes)}], expected [{string.Join(",", wanted.Sizes)}]";
            }
            // The tolerance of onnx's own runner of these vectors.
            int miss = wanted.ToDoubles().Zip(given.ToDoubles()).ToList()
                .FindIndex(pair =>
                !pair.First.Equals(pair.Second) && !(Math.Abs(pair.First - pair.Second) <= 1e-7 + 1e-3 * Math.Abs(pair.First)));
            if (miss >= 0)
            {
                return string.Create(System.Globalization.CultureInfo.InvariantCulture,
                    $"output {i}, element {miss} is {given.ToDoubles()[miss]:g7}, expected "
                    + $"{wanted.ToDoubles()[miss]:g7}");
            }
        }
        return null;
    }

    static TensorData Tensor(string set, string kind, int index)
    {
        string path = Path.Combine(set, $"{kind}_{index}.pb");
        return File.Exists(path) ? TensorReader.Read(TensorProto.Parser.ParseFrom(File.ReadAllBytes(path)), external: null)
            : throw new GraphException($"there is no {kind} {index} in the vector.");
    }
}
