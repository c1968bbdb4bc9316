using Toolchain.Export.Conversion;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Export.Converters;

/// <summary>
/// Recurrent layers and cells. A layer of width H becomes ONNX's operator of the same name: weights [D,G*H,I] and [D,G*H,H] and a bias
/// [D,2*G*H], the G gates in ONNX's order, the D directions stacked; the input is [L,N,I]. Native arguments: (module, input, state, [cell],
/// out state, [out cell]).
/// </summary>
static class RecurrentConverters
{
    static readonly Kind rnn = new("RNN", [0]), gru = new("GRU", [1, 0, 2]), lstm = new("LSTM", [0, 3, 1, 2]);

    public static IEnumerable<Converter> All =>
    [
        new("THSNN_RNN_forward", (graph, call) => Layers(graph, call, rnn, null)),
        new("THSNN_GRU_forward", (graph, call) => Layers(graph, call, gru, null)),
        new("THSNN_LSTM_forward", (graph, call) => Layers(graph, call, lstm, null)),
        new("THSNN_RNN_forward_with_packed_input", (graph, call) =>
            Layers(graph, call, rnn, PackedConverters.Lengths(call.Maker(1)))),
        new("THSNN_GRU_forward_with_packed_input", (graph, call) =>
            Layers(graph, call, gru, PackedConverters.Lengths(call.Maker(1)))),
        new("THSNN_LSTM_forward_with_packed_input", (graph, call) =>
            Layers(graph, call, lstm, PackedConverters.Lengths(call.Maker(1)))),
        new("THSNN_RNNCell_forward", (graph, call) => Cell(graph, call, rnn)),
        new("THSNN_GRUCell_forward", (graph, call) => Cell(graph, call, gru)),
        new("THSNN_LSTMCell_forward", (graph, call) => Cell(graph, call, lstm)),
    ];

    /// <param name="Op">ONNX's operator.</param>
    /// <param name="Gates">PyTorch's numbers of the gates in ONNX's order: i,f,g,o to i,o,f,c; r,z,n to z,r,h.</param>
    sealed record Kind(string Op, int[] Gates);

    /// <summary>What runs through a layer.</summary>
    /// <param name="X">The sequence [L,N,I].</param>
    /// <param name="Lengths">The number of steps of each row [N], int32; null where all have L.</param>
    /// <param name="State">Where it starts [D,N,H]; null for zeros.</param>
    /// <param name="Cell">Where the cells of an LSTM start [D,N,H]; null for zeros.</param>
    sealed record Inputs(Value X, Value? Lengths, Value? State, Value? Cell);

    // Constructor: (input size, hidden size, layers, [nonlinearity of an RNN], bias, batch first, dropout, bidirectional).
    // A packed sequence is [L,N,I] even with 'batch_first', and has lengths [N].
    static Value[] Layers(GraphBuilder graph, NativeCall call, Kind kind, Value? lengths)
    {
        OpaqueModule module = call.OpaqueModule(0);
        int shift = kind == rnn ? 1 : 0;
        bool batchFirst = lengths is null && module.Flag(4 + shift), bidirectional = module.Flag(6 + shift);
        if (lengths is null && call.Shape(1).Count != 3)
        {
            throw call.Refuse($"its input must be [L,N,I], or [N,L,I] with 'batch_first', found {call.Shape(1)}");
        }
        string[] directions = bidirectional ? ["", "_reverse"] : [""];
        call.MayDropNaN(graph, call.Tensor(1));
        Value x = batchFirst ? graph.Transpose(call.Tensor(1), 1, 0, 2) : call.Tensor(1);
        List<Value> states = [], cells = [];
        for (int layer = 0; layer < module.Integer(2); layer++)
        {
            string[] suffixes = [.. directions.Select(direction => $"_l{layer}{direction}")];
            Value? Part(int argument) => call.OptionalTensor(argument) is Value all
                ? graph.Slice(all, 0, layer * directions.Length, (layer + 1) * directions.Length) : null;
            Value[] results = Apply(graph, call, kind, suffixes, module.Flag(3 + shift), new Inputs(x,
                lengths is null ? null : graph.Cast(lengths, ElementType.Int32), Part(2), kind == lstm ? Part(3) : null));
            // [L,D,N,H] to [L,N,D*H]
            x = bidirectional ? graph.Reshape(graph.Transpose(results[0], 0, 2, 1, 3), 0, 0, -1) : graph.Squeeze(results[0], 1);
            states.Add(results[1]);
            cells.AddRange(results[2..]);
        }
        x = batchFirst ? graph.Transpose(x, 1, 0, 2) : x;
        return kind == lstm ? [x, Joined(graph, states), Joined(graph, cells)] : [x, Joined(graph, states)];
    }

    // Constructor: (input size, hidden size, [nonlinearity of an RNN], bias). One step of a sequence of length 1.
    static Value[] Cell(GraphBuilder graph, NativeCall call, Kind kind)
    {
        OpaqueModule module = call.OpaqueModule(0);
        if (call.Shape(1).Count != 2)
        {
            throw call.Refuse($"its input must be [N,I], found {call.Shape(1)}");
        }
        call.MayDropNaN(graph, call.Tensor(1));
        Value? State(int argument) => call.OptionalTensor(argument) is Value state ? graph.Unsqueeze(state, 0) : null;
        Value[] results = Apply(graph, call, kind, [""], module.Flag(kind == rnn ? 3 : 2),
            new Inputs(graph.Unsqueeze(call.Tensor(1), 0), null, State(2), kind == lstm ? State(3) : null));
        return [.. results[1..].Select(state => graph.Squeeze(state, 0))];
    }

    static Value[] Apply(GraphBuilder graph, NativeCall call, Kind kind, string[] suffixes, bool hasBias, Inputs inputs)
    {
        OpaqueModule module = call.OpaqueModule(0);
        int[] gates = kind.Gates;
        string name = suffixes[0];
        Value w = call.Packed(module, $"W{name}", () => Pack(suffixes, gates, suffix => [module.Weight($"weight_ih{suffix}")]));
        Value r = call.Packed(module, $"R{name}", () => Pack(suffixes, gates, suffix => [module.Weight($"weight_hh{suffix}")]));
        Value? b = !hasBias ? null : call.Packed(module, $"B{name}", () =>
            Flat(Pack(suffixes, gates, suffix => [module.Weight($"bias_ih{suffix}"), module.Weight($"bias_hh{suffix}")]), suffixes.Length));
        var attributes = new Attributes
        {
            ["hidden_size"] = r.Shape[2].Size!.Value,
            ["direction"] = suffixes.Length == 2 ? "bidirectional" : "forward",
        };
        if (kind == gru)
        {
            attributes["linear_before_reset"] = 1;
        }
        // The nonlinearity follows the number of layers, or the hidden size of a cell; 0 is ReLU.
        if (kind == rnn && module.Integer(name == "" ? 2 : 3) == 0)
        {
            attributes["activations"] = (string[])[.. suffixes.Select(_ => "Relu")];
        }
        Value?[] all = [inputs.X, w, r, b, inputs.Lengths, inputs.State, inputs.Cell];
        return graph.Apply(kind.Op, [.. all.Take(Array.FindLastIndex(all, input => input is not null) + 1)], attributes,
            kind == lstm ? 3 : 2);
    }

    // Rows of all tensors of all directions one after the other, each tensor's gates in ONNX's order: [D,rows,columns].
    static TensorData Pack(string[] suffixes, int[] gates, Func<string, TensorData[]> tensorsOf)
    {
        TensorData[] tensors = [.. suffixes.SelectMany(tensorsOf)];
        var packed = new List<double>();
        foreach (TensorData tensor in tensors)
        {
            double[] data = tensor.ToDoubles();
            int size = data.Length / gates.Length;
            packed.AddRange(gates.SelectMany(gate => data[(gate * size)..((gate + 1) * size)]));
        }
        long[] row = [.. tensors[0].Sizes.Skip(1).DefaultIfEmpty(1)];
        return TensorData.FromDoubles([.. packed], [suffixes.Length, packed.Count / suffixes.Length / row[0], row[0]], tensors[0].Type);
    }

    static TensorData Flat(TensorData packed, int directions) => new(packed.Type, [directions, packed.Count / directions], packed.Bytes);

    static Value Joined(GraphBuilder graph, List<Value> states) =>
        states.Count == 1 ? states[0] : graph.Apply("Concat", states, new Attributes { ["axis"] = 0 });
}
