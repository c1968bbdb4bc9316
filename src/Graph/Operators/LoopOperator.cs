namespace Toolchain.Graph.Operators;

/// <summary>
/// Loop: inputs a number of iterations M and a condition, each of which may be left out, and a state v of n tensors; the body takes
/// (iteration, condition, v) and gives (condition, v, what is collected). Outputs: v after the last iteration, then what was collected,
/// stacked along a new first axis.
/// </summary>
static class LoopOperator
{
    // A stranger's model may ask for 2^63.
    const int MostIterations = 1 << 17;

    public static IEnumerable<Operator> All => [new("Loop", 13, Infer, Evaluate)];

    static TensorType[] Infer(TypeScope scope)
    {
        OnnxModel body = scope.Body("body");
        int carried = scope.InputCount - 2;
        if (carried < 0 || body.Inputs.Count != carried + 2 || body.Outputs.Count <= carried)
        {
            throw new GraphException($"its body takes {body.Inputs.Count} and gives {body.Outputs.Count} tensors; for a state of "
                + $"{Math.Max(0, carried)} expected {Math.Max(0, carried) + 2}, and at least {Math.Max(0, carried) + 1}.");
        }
        RequireSingle(scope.Optional(0), ElementType.Int64, "the number of iterations");
        RequireSingle(scope.Optional(1), ElementType.Bool, "the condition");
        RequireSingle(body.Inputs[0].Type, ElementType.Int64, "the body's iteration");
        RequireSingle(body.Inputs[1].Type, ElementType.Bool, "the body's condition");
        IReadOnlyDictionary<string, TensorType> types = scope.Check(body);
        TensorType[] made = [.. body.Outputs.Select(output => types[output.Name])];
        RequireSingle(made[0], ElementType.Bool, "the body's next condition");
        return
        [
            .. Enumerable.Range(0, carried).Select(i => Carried(scope[i + 2], body.Inputs[i + 2], made[i + 1])),
            .. made.Skip(carried + 1).Select(type => type with { Shape = new Shape([Dim.Unknown, .. type.Shape]) }),
        ];
    }

    static void RequireSingle(TensorType? type, ElementType element, string what)
    {
        if (type is not null && (type.Element != element || type.Shape.Count > 1
            || !type.Shape.IsCompatibleWith(new Shape(type.Shape.Select(_ => (Dim)1)))))
        {
            throw new GraphException($"{what} must be one {element}, is {type}.");
        }
    }

    // Axes that the body changes are known neither in it nor after it.
    static TensorType Carried(TensorType given, Value taken, TensorType made)
    {
        if (given.Element != taken.Type.Element || given.Element != made.Element || !given.Shape.IsCompatibleWith(taken.Shape)
            || !made.Shape.IsCompatibleWith(taken.Shape))
        {
            throw new GraphException($"the body takes '{taken.Name}' as {taken.Type}, but starts with {given} and continues with {made}.");
        }
        return given with { Shape = new Shape(given.Shape.Zip(made.Shape, (before, after) => before == after ? before : Dim.Unknown)) };
    }

    static NdArray[] Evaluate(ValueScope scope)
    {
        var body = (OnnxModel)scope.Attributes["body"];
        double count = scope.Optional(0)?.Data[0] ?? double.PositiveInfinity;
        bool goOn = scope.Optional(1) is not NdArray condition || condition.Data[0] != 0;
        NdArray[] state = [.. Enumerable.Range(2, scope.InputCount - 2).Select(i => scope[i])];
        List<NdArray>[] collected = [.. body.Outputs.Skip(1 + state.Length).Select(_ => new List<NdArray>())];
        for (int i = 0; i < count && goOn; i++)
        {
            if (i == MostIterations)
            {
                throw new GraphException($"it runs more than {MostIterations} times, the most that are evaluated.");
            }
            NdArray[] results = scope.Run(body, [new([i], [], ElementType.Int64), new([1], [], ElementType.Bool), .. state]);
            goOn = results[0].Data[0] != 0;
            state = results[1..(1 + state.Length)];
            for (int k = 0; k < collected.Length; k++)
            {
                collected[k].Add(results[1 + state.Length + k]);
            }
        }
        return [.. state, .. collected.Select((parts, k) => Stack(parts, body.Outputs[1 + state.Length + k].Type))];
    }

    static NdArray Stack(List<NdArray> parts, TensorType declared)
    {
        int[] dims = parts.Count > 0 ? parts[0].Dims : [.. declared.Shape.Select(dim => (int)(dim.Size ?? 0))];
        return parts.All(part => part.Dims.AsSpan().SequenceEqual(dims))
            ? new([.. parts.SelectMany(part => part.Data)], [parts.Count, .. dims], declared.Element)
            : throw new GraphException("a collected tensor has other sizes in other iterations.");
    }
}
