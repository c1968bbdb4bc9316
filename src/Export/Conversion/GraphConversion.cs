using Toolchain.Export.Recording;
using Toolchain.Graph;
using Toolchain.Graph.Building;
using Toolchain.Graph.Training;

namespace Toolchain.Export.Conversion;

/// <summary>Turns a merged recording into a graph, or into the list of everything that stands in the way.</summary>
/// <param name="trace">The recording.</param>
/// <param name="inputs">The declared inputs.</param>
/// <param name="held">What the module holds.</param>
/// <param name="options">Names, opset, passes.</param>
/// <param name="find">The mapping of a native entry, for complex numbers or for others.</param>
sealed class GraphConversion(
    MergedTrace trace, IReadOnlyList<ExportInput> inputs, ModuleState held, OnnxExportOptions options, Func<string, bool, Converter?> find)
{
    readonly OpaqueModules opaque = new(held);
    readonly GraphBuilder graph = new(options.Name, options.Opset) { IsRunnable = RuntimeGaps.IsRunnable };
    readonly Dictionary<int, Value> values = [];
    readonly Dictionary<int, int> makers =
        new(trace.Calls.SelectMany((call, i) => call[0].Results.Select(result => KeyValuePair.Create(result, i))));
    readonly Dictionary<string, Value> weights = [];
    readonly Dictionary<int, string> absent = [];
    readonly Dictionary<int, string> outputs = []; // a pass gives them the names of the outputs
    readonly HashSet<int> claimed = []; // nodes that a step has already listed
    readonly HashSet<int> refused = [];
    readonly List<ExportStep> steps = [];
    readonly SortedDictionary<string, Value> carried = new(StringComparer.Ordinal);
    readonly SortedSet<string> dropsNaN = new(StringComparer.Ordinal);
    SizeValues? sizes;

    /// <summary>Names in the graph of recorded tensors by number.</summary>
    public IReadOnlyDictionary<int, string> ValueNames =>
        values.ToDictionary(pair => pair.Key, pair => outputs.GetValueOrDefault(pair.Key, pair.Value.Name));

    /// <summary>What became of each call, in order.</summary>
    public IReadOnlyList<ExportStep> Steps => steps;

    /// <summary>Calls through which the module lets NaN, and the graph may not.</summary>
    public IReadOnlyList<string> DropsNaN => [.. dropsNaN];

    /// <summary>Converts everything that can be; the model is there only if nothing was refused.</summary>
    public OnnxModel? Run(IReadOnlyList<string> outputNames)
    {
        for (int number = 0; number < trace.Values.Count; number++)
        {
            RecordedValue value = trace.Values[number];
            if (value.Origin == Origin.Input)
            {
                ElementType element = value.Element
                    ?? throw new ExportException($"input '{value.Name}' has an element type that ONNX export does not know.");
                Value input = graph.Input(value.Name, element, trace.Shapes[number]);
                Keep(number, RangeGuard.Apply(graph, input, inputs.Single(declared => declared.Name == value.Name).Axes));
            }
        }
        for (int i = 0; i < trace.Calls.Count; i++)
        {
            if (trace.Calls[i][0].Follows)
            {
                Convert(i);
            }
        }
        return AddOutputs(outputNames) && steps.All(step => step.Obstacle is null)
            // Of the module's own tensors only those that no pass replaced are copied.
            ? RmsNormFusion.Apply(graph.Build(Metadata(), options.Documentation, options.Passes)).WithWeights(NativeTensor.Copy) : null;
    }

    Dictionary<string, string> Metadata()
    {
        var metadata = new Dictionary<string, string>(options.Metadata);
        foreach (Axis axis in inputs.SelectMany(input => input.Axes).Where(axis => axis.Lowest is not null))
        {
            metadata[RangeGuard.Key(axis.Name!)] = RangeGuard.Text(axis);
        }
        return metadata;
    }

    ConversionContext Context => new(trace, ValueOf, StateOf, Packed, Sizes, opaque, options.KeepNaN, dropsNaN,
        options.Training, carried);

    SizeValues Sizes => sizes ??= new SizeValues(graph, new Lazy<CodeNumbers>(() => CodeConstants.Of(held)));

    void Keep(int number, Value value)
    {
        values[number] = value;
        Sizes.Learn(value, trace.Sizes[number]);
    }

    void Convert(int index)
    {
        RecordedCall call = trace.Calls[index][0];
        Converter? converter = Find(call);
        string? obstacle = Missing(call, converter) ?? Closed(call);
        bool feedsOnRefused = call.Tensors.Any(refused.Contains);
        int start = graph.Nodes.Count;
        if (obstacle is null && !feedsOnRefused)
        {
            obstacle = Apply(converter!, index);
        }
        if (obstacle is not null || feedsOnRefused)
        {
            refused.UnionWith(call.Results);
        }
        // A constant that was made on the way has its own step.
        string[] operators = [.. Enumerable.Range(start, graph.Nodes.Count - start).Where(claimed.Add).Select(node => graph.Nodes[node].Op)
            .Distinct()];
        steps.Add(new ExportStep(call.Module, call.Entry, obstacle) { Operators = operators.Length == 0 ? [] : operators });
    }

    Converter? Find(RecordedCall call) => find(call.Entry, trace.IsComplex(call));

    string? Missing(RecordedCall call, Converter? converter)
    {
        if (converter is not null)
        {
            return null;
        }
        if (trace.IsComplex(call) && call.Results.Count > 0)
        {
            return "has no mapping for complex numbers; compute with their real and imaginary parts";
        }
        if (Unmappable.Reason(Converter.Functional(call.Entry)) is string reason)
        {
            return reason;
        }
        return call.Results.Count == 0
            ? "reads elements of a tensor that depends on the input, so the values of one example would be baked in; express the decision "
            + "with tensors, such as torch.where"
            : $"has no mapping; add one with OnnxExport.Register(\"{call.Entry}\", (graph, call) => ...)";
    }

    // A length that is the same in all recordings would be taken for a fixed size.
    string? Closed(RecordedCall call) => OpenLengths.Has(call, trace.Values) && trace.Sizes[call.Results[0]] is { Length: > 0 } sizes
        && sizes.All(size => size.IsConstant)
        ? $"the size of its result depends on values, but was {trace.Shapes[call.Results[0]]} for the example and for others like it; "
            + "give an example whose values make it another one" : null;

    string? Apply(Converter converter, int index)
    {
        RecordedCall call = trace.Calls[index][0];
        graph.Scope = call.Module;
        try
        {
            Value?[] results = Results(converter, call, index);
            foreach ((int number, Value? result) in call.Results.Zip(results))
            {
                if (result is null)
                {
                    absent[number] = $"result {call.Results.ToList().IndexOf(number)} of {call.Entry} has no ONNX form";
                    continue;
                }
                if (trace.Values[number].IsPacked)
                {
                    values[number] = result;
                    continue;
                }
                Check(number, result);
                Keep(number, graph.Refine(result, trace.Shapes[number]));
            }
            return results.Length >= call.Results.Count ? null : $"its converter returned {results.Length} of {call.Results.Count} results";
        }
        catch (Exception obstacle) when (obstacle is Refusal or GraphException or ExportException)
        {
            return obstacle.Message;
        }
    }

    // PyTorch takes axis 0 of a scalar; ONNX does not, so that a scalar goes through as a vector of one element.
    Value?[] Results(Converter converter, RecordedCall call, int index)
    {
        var native = new NativeCall(Context, index);
        try
        {
            return converter.Convert(graph, native);
        }
        catch (GraphException)
            when (call.Arguments is [TensorArgument { Value: int first }, ..] && trace.Shapes[first].Count == 0
            && ValueOf(first) is Value scalar)
        {
            return [.. converter.Convert(graph, native.WithFirst(graph.Unsqueeze(scalar, 0))).Select((result, i) =>
                result is not null && result.Shape.Count == trace.Shapes[call.Results[i]].Count + 1 ? graph.Squeeze(result, 0) : result)];
        }
    }

    // A converter that is wrong about shape or type is caught where it happens.
    void Check(int number, Value result)
    {
        if (!result.Shape.IsCompatibleWith(trace.Shapes[number]) || result.Type.Element != trace.Values[number].Element)
        {
            throw new Refusal($"its converter gives {result.Type}, TorchSharp gives {trace.Values[number].Element} {trace.Shapes[number]}");
        }
    }

    // Null for a constant that changes with a named axis and cannot be made in the graph.
    Value? ValueOf(int number)
    {
        if (values.TryGetValue(number, out Value? value))
        {
            return value;
        }
        if (absent.TryGetValue(number, out string? reason))
        {
            throw new Refusal(reason);
        }
        RecordedValue recorded = trace.Values[number];
        if (recorded.Origin == Origin.State)
        {
            return values[number] = StateOf(recorded.Name);
        }
        if (recorded.Content is not null && !trace.Varying.Contains(number))
        {
            return values[number] = graph.Constant(recorded.Content);
        }
        if (makers.TryGetValue(number, out int index) && Find(trace.Calls[index][0]) is not null && !refused.Contains(number))
        {
            string scope = graph.Scope;
            Convert(index);
            graph.Scope = scope;
        }
        return values.TryGetValue(number, out value) ? value
            : ConstantOfSizes.Make(graph, Sizes, trace.Contents(number)) is Value followed ? values[number] = followed : null;
    }

    Value StateOf(string key) => Packed(key, () => NativeTensor.View(held.Tensors[key]));

    Value Packed(string name, Func<TensorData> make) => weights.TryGetValue(name, out Value? value) ? value
        : weights[name] = graph.Initializer(name, make());

    bool AddOutputs(IReadOnlyList<string> names)
    {
        graph.Scope = "";
        for (int i = 0; i < names.Count; i++)
        {
            if (trace.Outputs[i] is not int number)
            {
                steps.Add(new ExportStep("", $"output '{names[i]}'", "does not depend on any input, or was made outside of the trace"));
            }
            else if (values.TryGetValue(number, out Value? value) && steps.All(step => step.Obstacle is null))
            {
                graph.Output(names[i], value, trace.Shapes[number]);
                outputs[number] = names[i];
            }
        }
        foreach ((string name, Value next) in carried)
        {
            graph.Output(TrainingGraph.Next(name), next);
        }
        return steps.All(step => step.Obstacle is null);
    }
}
