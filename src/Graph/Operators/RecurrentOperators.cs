namespace Toolchain.Graph.Operators;

/// <summary>
/// RNN, GRU and LSTM of one layer: X [L,N,I], W [D,G*H,I], R [D,G*H,H], B [D,2*G*H] or none, lengths [N] or none, initial states [D,N,H] or
/// none; results Y [L,D,N,H], Y_h [D,N,H] and, of an LSTM, Y_c [D,N,H]. D is the number of directions, G the number of gates.
/// </summary>
static class RecurrentOperators
{
    public static IEnumerable<Operator> All =>
    [
        new("RNN", 13, Infer, scope => Run(scope, 1, Simple)),
        new("GRU", 13, Infer, scope => Run(scope, 3, Gru)),
        new("LSTM", 13, Infer, scope => Run(scope, 4, Lstm)),
    ];

    /// <param name="Scope">The node.</param>
    /// <param name="Number">0, or 1 for the second direction.</param>
    /// <param name="Bias">Both biases of the gates [2*G*H].</param>
    /// <param name="Product">The recurrent weights times a vector.</param>
    sealed record Direction(ValueScope Scope, int Number, double[] Bias, Func<double[], double[]> Product);

    /// <summary>
    /// One step of one row: what the gates get from the input and from the state, the state and the cell; both are changed in place.
    /// </summary>
    delegate void Step(Direction direction, double[] fromInput, double[] fromState, double[] state, double[] cell);

    static TensorType[] Infer(TypeScope scope)
    {
        (Shape x, Shape r) = (scope[0].Shape, scope[2].Shape);
        if (x.Count != 3 || scope[1].Shape.Count != 3 || r.Count != 3)
        {
            throw new GraphException($"expected an input [L,N,I] and weights of 3 axes, found {x}, {scope[1].Shape} and {r}.");
        }
        ElementType type = scope[0].Element;
        var state = new TensorType(type, new Shape(r[0], x[1], r[2]));
        return [new(type, new Shape(x[0], r[0], x[1], r[2])), state, .. Enumerable.Repeat(state, Math.Max(0, scope.OutputCount - 2))];
    }

    static NdArray[] Run(ValueScope scope, int gates, Step step)
    {
        (NdArray x, NdArray w, NdArray r) = (scope[0], scope[1], scope[2]);
        if (scope.Attributes.Int("layout", 0) != 0 || scope.Attributes.Has("clip") || scope.Optional(7) is not null)
        {
            throw new GraphException("peepholes, 'layout' and 'clip' are not supported.");
        }
        int length = x.Dims[0], rows = x.Dims[1], inputs = x.Dims[2], directions = r.Dims[0], hidden = r.Dims[2], wide = gates * hidden;
        NdArray y = new([length, directions, rows, hidden], x.Type), last = new([directions, rows, hidden], x.Type),
            lastCell = new([directions, rows, hidden], x.Type);
        for (int d = 0; d < directions; d++)
        {
            bool backward = d == 1 || scope.Attributes.Text("direction", "forward") == "reverse";
            double[] bias = scope.Optional(3) is NdArray b ? b.Data[(d * 2 * wide)..((d + 1) * 2 * wide)] : new double[2 * wide];
            int first = d * wide;
            var direction = new Direction(scope, d, bias, vector => Product(r.Data, first, wide, vector));
            for (int n = 0; n < rows; n++)
            {
                int at = (d * rows + n) * hidden;
                double[] state = scope.Optional(5)?.Data[at..(at + hidden)] ?? new double[hidden],
                    cell = scope.Optional(6)?.Data[at..(at + hidden)] ?? new double[hidden];
                // Behind the end of a row its results are 0; backwards it begins at its own end.
                int own = scope.Optional(4) is NdArray lengths ? (int)lengths.Data[n] : length;
                for (int t = 0; t < own; t++)
                {
                    int time = backward ? own - 1 - t : t;
                    double[] fromInput = Product(w.Data, first, wide, x.Data.AsSpan((time * rows + n) * inputs, inputs));
                    step(direction, fromInput, direction.Product(state), state, cell);
                    state.CopyTo(y.Data.AsSpan(((time * directions + d) * rows + n) * hidden));
                }
                state.CopyTo(last.Data.AsSpan(at));
                cell.CopyTo(lastCell.Data.AsSpan(at));
            }
        }
        return [y, last, lastCell];
    }

    // H = f(W x + Wb + R h + Rb)
    static void Simple(Direction direction, double[] input, double[] recurrent, double[] state, double[] cell)
    {
        double[] bias = direction.Bias;
        Func<double, double> f = Activation(direction, 0, 1, "Tanh");
        for (int h = 0; h < state.Length; h++)
        {
            state[h] = f(input[h] + recurrent[h] + bias[h] + bias[state.Length + h]);
        }
    }

    // z and r are gates; the candidate applies r after (linear_before_reset) or before its matrix: h = (1 - z) * candidate + z * h.
    static void Gru(Direction direction, double[] input, double[] recurrent, double[] state, double[] cell)
    {
        double[] bias = direction.Bias;
        (int n, int wide) = (state.Length, 3 * state.Length);
        (Func<double, double> f, Func<double, double> g) =
            (Activation(direction, 0, 2, "Sigmoid"), Activation(direction, 1, 2, "Tanh"));
        double[] gate = [.. Enumerable.Range(0, 2 * n).Select(i => f(input[i] + recurrent[i] + bias[i] + bias[wide + i]))]; // z, r
        bool after = direction.Scope.Attributes.Int("linear_before_reset", 0) != 0;
        double[] reset = after ? recurrent : direction.Product([.. state.Select((value, h) => gate[n + h] * value)]);
        for (int h = 0; h < n; h++)
        {
            int i = 2 * n + h;
            double candidate = g(input[i] + bias[i] + (after ? gate[n + h] * (reset[i] + bias[wide + i]) : reset[i] + bias[wide + i]));
            state[h] = (1 - gate[h]) * candidate + gate[h] * state[h];
        }
    }

    // Gates i, o, f and candidate c: cell = f * cell + i * c, state = o * tanh(cell).
    static void Lstm(Direction direction, double[] input, double[] recurrent, double[] state, double[] cell)
    {
        double[] bias = direction.Bias;
        (int n, int wide) = (state.Length, 4 * state.Length);
        Func<double, double> f = Activation(direction, 0, 3, "Sigmoid"), g = Activation(direction, 1, 3, "Tanh"),
            h = Activation(direction, 2, 3, "Tanh");
        for (int k = 0; k < n; k++)
        {
            cell[k] = f(Sum(2 * n + k)) * cell[k] + f(Sum(k)) * g(Sum(3 * n + k));
            state[k] = f(Sum(n + k)) * h(cell[k]);
        }

        double Sum(int i) => input[i] + recurrent[i] + bias[i] + bias[wide + i];
    }

    static double[] Product(double[] matrix, int firstRow, int rows, ReadOnlySpan<double> vector)
    {
        var product = new double[rows];
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < vector.Length; i++)
            {
                product[row] += matrix[(firstRow + row) * vector.Length + i] * vector[i];
            }
        }
        return product;
    }

    static Func<double, double> Activation(Direction direction, int number, int count, string absent) =>
        (direction.Scope.Attributes.Texts("activations")?[direction.Number * count + number] ?? absent) switch
        {
            "Tanh" => Math.Tanh,
            "Relu" => x => Math.Max(x, 0),
            "Sigmoid" => x => 1 / (1 + Math.Exp(-x)),
            string other => throw new GraphException($"'activations' must be Tanh, Relu or Sigmoid, found {other}."),
        };
}
