using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// RNN, GRU (Cho et al. 2014) and LSTM (Hochreiter and Schmidhuber 1997) as a Loop over time, with the equations of ONNX's documentation;
/// the gradient passes through that loop.
/// </summary>
static class RecurrentGradients
{
    /// <summary>
    /// One step: the next state and cell from what the gates get from the input, and the state and cell before.
    /// </summary>
    delegate (Term State, Term? Cell) Step(Cells cells, GraphBuilder inner, Term fromInput, Term state, Term? cell);

    public static IEnumerable<GradientRule> All => [Of("RNN", 1, Simple), Of("GRU", 3, Gru), Of("LSTM", 4, Lstm)];

    static GradientRule Of(string op, int gates, Step step) => new(op, scope =>
    {
        bool isPlain = scope.Attributes.Int("layout", 0) == 0 && !scope.Attributes.Has("clip") && scope.Optional(7) is null
            && scope.Attributes.Int("input_forget", 0) == 0;
        return isPlain ? scope.Through(_ => Unrolled(scope, gates, step))
            : throw new GraphException("no gradient is known with peepholes, 'layout', 'clip' or 'input_forget'.");
    });

    /// <summary>One direction of a layer.</summary>
    /// <param name="Scope">The node.</param>
    /// <param name="Number">0, or 1 for the second direction.</param>
    /// <param name="Recurrent">Recurrent weights, transposed [H,G*H].</param>
    /// <param name="Bias">Their bias [G*H], or null.</param>
    sealed record Cells(GradientScope Scope, int Number, Term Recurrent, Term? Bias)
    {
        public static Term WithBias(Term product, Term? bias) => bias is Term given ? product + given : product;

        /// <summary>Part <paramref name="gate"/> of the gates [..,G*H], or more of them.</summary>
        public Term Gate(GraphBuilder inner, Term gates, int gate, int count = 1)
        {
            long hidden = Scope[2].Value.Shape[2].Size ?? throw new GraphException("its gradient needs the number of hidden elements.");
            return Slice(inner, gates, gates.Value.Shape.Count - 1, gate * hidden, (gate + count) * hidden);
        }

        public Term Activated(Term x, int number, int count, string absent) =>
            x.Apply(Scope.Attributes.Texts("activations")?[Number * count + number] ?? absent);
    }

    static Term Slice(GraphBuilder graph, Value x, int axis, long start, long end, long step = 1) => new(graph, graph.Apply("Slice",
        [x, graph.Constant(TensorData.Vector(start)), graph.Constant(TensorData.Vector(end)), graph.Constant(TensorData.Vector(axis)),
            graph.Constant(TensorData.Vector(step))]));

    static Term Reversed(GraphBuilder graph, Value x) => Slice(graph, x, 0, -1, long.MinValue, -1);

    // Of one direction, an input [D,...].
    static Term? Part(GradientScope scope, int input, int direction)
    {
        if (scope.Optional(input) is not Term all)
        {
            return null;
        }
        Term one = all.Value.Shape[0].Size == 1 ? all : Slice(scope.Graph, all, 0, direction, direction + 1);
        return new Term(scope.Graph, scope.Graph.Squeeze(one, 0));
    }

    static IReadOnlyList<Value?> Unrolled(GradientScope scope, int gates, Step step)
    {
        GraphBuilder graph = scope.Graph;
        long directions = scope[1].Value.Shape[0].Size ?? throw new GraphException("its gradient needs the number of directions.");
        Value[][] results = [.. Enumerable.Range(0, (int)directions).Select(direction => Direction(scope, direction, gates, step))];
        return [.. results[0].Select((_, i) => results.Length == 1 ? results[0][i] : graph.Apply("Concat",
            [.. results.Select(direction => direction[i])], new Attributes { ["axis"] = i == 0 ? 1 : 0 }))];
    }

    // Y [L,1,N,H], Y_h [1,N,H] and, of an LSTM, Y_c [1,N,H].
    static Value[] Direction(GradientScope scope, int direction, int gates, Step step)
    {
        (GraphBuilder graph, Value x) = (scope.Graph, scope[0]);
        bool backward = direction == 1 || scope.Attributes.Text("direction", "forward") == "reverse";
        (Term weights, Term recurrent) = (Part(scope, 1, direction)!.Value, Part(scope, 2, direction)!.Value);
        Term? both = Part(scope, 3, direction);
        long wide = recurrent.Value.Shape[0].Size ?? throw new GraphException("its gradient needs the sizes of the weights.");
        Term? bias = both is Term first ? Slice(graph, first, 0, 0, wide) : null,
            later = both is Term second ? Slice(graph, second, 0, wide, 2 * wide) : null;
        var cells = new Cells(scope, direction, recurrent.Transpose(), later);
        Term inputs = backward ? Reversed(graph, x) : new Term(graph, x);
        Term steps = Cells.WithBias(inputs.Apply("MatMul", weights.Transpose()), bias); // [L,N,G*H]
        Value zeros = graph.Refine(graph.Apply("ConstantOfShape",
            [graph.Joined(graph.SizeOf(x, 1), graph.Constant(TensorData.Vector(wide / gates)))],
            new Attributes { ["value"] = TensorData.FromDoubles([0], [1], x.Type.Element) }), new Shape(x.Shape[1], wide / gates));
        List<Value> state = [Part(scope, 5, direction)?.Value ?? zeros];
        state.AddRange(gates == 4 ? [Part(scope, 6, direction)?.Value ?? zeros] : []);
        Value length = graph.Squeeze(graph.SizeOf(x, 0), 0);
        Value? lengths = scope.Optional(4) is Term given ? graph.Unsqueeze(given.Cast(ElementType.Int64), 1) : null; // [N,1]
        Value[] results = graph.Loop(length, state, (inner, i, before) =>
        {
            Term fromInput = new(inner, inner.Apply("Gather", [steps, i]));
            Term[] carried = [.. before.Select(value => new Term(inner, value))];
            (Term next, Term? cell) = step(cells, inner, fromInput, carried[0], carried.Length > 1 ? carried[1] : null);
            Value[] after = cell is Term inside ? [next, inside] : [next];
            if (lengths is null)
            {
                return new LoopStep(after, [next]);
            }
            // Beyond the end of a row its state stays, and its result is 0.
            Term time = backward ? new Term(inner, inner.Sub(length, i)) - 1 : new Term(inner, i);
            Term isIn = time.Apply("Less", new Term(inner, lengths));
            return new LoopStep([.. after.Zip(before, (now, then) => inner.Apply("Where", [isIn, now, then]))],
                [isIn.Apply("Where", next, next.Number(0))]);
        });
        Value all = backward ? Reversed(graph, results[^1]) : results[^1];
        return [graph.Unsqueeze(all, 1), .. results[..^1].Select(last => graph.Unsqueeze(last, 0))];
    }

    // H = f(W x + Wb + R h + Rb)
    static (Term, Term?) Simple(Cells cells, GraphBuilder inner, Term fromInput, Term state, Term? cell) =>
        (cells.Activated(fromInput + Cells.WithBias(state.Apply("MatMul", In(inner, cells.Recurrent)), cells.Bias), 0, 1, "Tanh"), null);

    // z and r are gates; the candidate applies r after (linear_before_reset) or before its matrix: h = (1 - z) * candidate + z * h.
    static (Term, Term?) Gru(Cells cells, GraphBuilder inner, Term fromInput, Term state, Term? cell)
    {
        bool isAfter = cells.Scope.Attributes.Int("linear_before_reset", 0) != 0;
        Term matrix = In(inner, cells.Recurrent);
        Term? bias = cells.Bias is Term given ? In(inner, given) : null;
        Term fromState = Cells.WithBias(state.Apply("MatMul", isAfter ? matrix : cells.Gate(inner, matrix, 0, 2)),
            isAfter || bias is null ? bias : cells.Gate(inner, bias.Value, 0, 2));
        Term both = cells.Activated(cells.Gate(inner, fromInput, 0, 2) + cells.Gate(inner, fromState, 0, 2), 0, 2, "Sigmoid");
        Term z = cells.Gate(inner, both, 0), r = cells.Gate(inner, both, 1);
        Term reset = isAfter ? r * cells.Gate(inner, fromState, 2)
            : Cells.WithBias((r * state).Apply("MatMul", cells.Gate(inner, matrix, 2)), bias is Term all ? cells.Gate(inner, all, 2)
                : null);
        Term candidate = cells.Activated(cells.Gate(inner, fromInput, 2) + reset, 1, 2, "Tanh");
        return (candidate + z * (state - candidate), null);
    }

    // Gates i, o, f and candidate c: cell = f * cell + i * c, state = o * tanh(cell).
    static (Term, Term?) Lstm(Cells cells, GraphBuilder inner, Term fromInput, Term state, Term? cell)
    {
        Term sum = fromInput + Cells.WithBias(state.Apply("MatMul", In(inner, cells.Recurrent)), cells.Bias);
        Term gates = cells.Activated(cells.Gate(inner, sum, 0, 3), 0, 3, "Sigmoid");
        Term candidate = cells.Activated(cells.Gate(inner, sum, 3), 1, 3, "Tanh");
        Term next = cells.Gate(inner, gates, 2) * cell!.Value + cells.Gate(inner, gates, 0) * candidate;
        return (cells.Gate(inner, gates, 1) * cells.Activated(next, 2, 3, "Tanh"), next);
    }

    /// <summary>A tensor of the graph around, read in the body of a loop.</summary>
    static Term In(GraphBuilder inner, Term outside) => new(inner, outside.Value);
}
