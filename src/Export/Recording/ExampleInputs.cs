using Toolchain.Graph;
using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>Inputs of any size of the named axes, in the likeness of an example.</summary>
sealed class ExampleInputs
{
    // Any fixed number: the same examples in every export.
    const int Seed = 20;

    readonly TensorData[] examples;
    readonly ExportInput[] declared;
    readonly AxisSizes[] axes;
    readonly bool[] isGiven;

    /// <param name="arguments">An example for each argument of the module; null for one that is left out.</param>
    /// <param name="options">Names and axes.</param>
    /// <exception cref="ExportException">The declared inputs do not fit the examples.</exception>
    public ExampleInputs(IReadOnlyList<torch.Tensor?> arguments, OnnxExportOptions options)
    {
        isGiven = [.. arguments.Select(argument => argument is not null)];
        torch.Tensor[] tensors = [.. arguments.OfType<torch.Tensor>()];
        if (tensors.Any(tensor => NativeTensor.IsComplex(tensor.dtype)))
        {
            throw new ExportException(
                "an input is complex, which ONNX's runtimes do not take; pass its parts [..,2] and call view_as_complex inside.");
        }
        examples = [.. tensors.Select(NativeTensor.Read)];
        Device = tensors.Length > 0 ? tensors[0].device : throw new ExportException("at least one example input is needed, found none.");
        declared = options.Inputs.Count > 0 ? [.. options.Inputs] : [.. examples.Select((example, i) => Default(i, example, examples[0]))];
        if (declared.Length != examples.Length)
        {
            throw new ExportException($"'{nameof(options.Inputs)}' declares {declared.Length} inputs, but {examples.Length} examples were "
                + "given.");
        }
        foreach ((ExportInput input, TensorData example) in declared.Zip(examples))
        {
            Validate(input, example);
        }
        axes = [.. declared.SelectMany(input => input.Axes).Where(axis => axis.Name is not null).GroupBy(axis => axis.Name!)
            .Select(same =>
                new AxisSizes(Agreed(same), Sizes(same.Key), options.AxisSteps.TryGetValue(same.Key, out int step) ? step : 1))];
        Axes = [.. axes.Select(axis => axis.Axis.Name!)];
        if (options.AxisSteps.Keys.Except(Axes).FirstOrDefault() is string unknown)
        {
            throw new ExportException($"'{nameof(options.AxisSteps)}' names the axis '{unknown}', but the inputs have "
                + $"{(Axes.Count == 0 ? "no named axis" : string.Join(", ", Axes))}.");
        }
    }

    /// <summary>The named axes.</summary>
    public IReadOnlyList<string> Axes { get; }

    /// <summary>Their ranges and sizes.</summary>
    public IReadOnlyList<AxisSizes> AxisSizes => axes;

    /// <summary>The inputs as they were declared, or by default.</summary>
    public IReadOnlyList<ExportInput> Declared => declared;

    /// <summary>Names of the inputs.</summary>
    public IReadOnlyList<string> Names => [.. declared.Select(input => input.Name)];

    /// <summary>The inputs as they were given.</summary>
    public IReadOnlyList<TensorData> Examples => examples;

    /// <summary>Where the examples are.</summary>
    public torch.Device Device { get; }

    /// <summary>Whether one more image costs so much memory that a batch should grow by one at a time.</summary>
    public bool IsLarge { get; set; }

    /// <summary>Whether axes may shrink in further traces; false where the module does not take that.</summary>
    public bool IsShrunk { get; set; } = true;

    /// <summary>Whether an axis does shrink.</summary>
    public bool HasShrunk => IsShrunk && axes.Any(axis => !axis.Traced(IsLarge, true).SequenceEqual(axis.Traced(IsLarge, false)));

    /// <summary>Sizes of the axes in the first trace, on which the others build.</summary>
    public int[] FirstSizes => Sizes(0);

    /// <summary>Sizes of the further traces: one axis after the other takes its second size.</summary>
    public IReadOnlyList<int[]> SecondSizes =>
        [.. axes.Select((_, changed) => axes.Select((axis, i) => axis.Traced(IsLarge, IsShrunk)[i == changed ? 1 : 0]).ToArray())];

    /// <summary>Two more sizes of every axis, for modules in which sizes are calculated from sizes.</summary>
    public IReadOnlyList<int[]> FurtherSizes => [Sizes(2), Sizes(3)];

    /// <summary>
    /// Sizes for modules in which a number could be several quotients of an axis: small ones, and some between the others.
    /// </summary>
    public IReadOnlyList<int[]> DisambiguatingSizes =>
        [.. Enumerable.Range(0, IsLarge ? Recording.AxisSizes.FrugalMore : Recording.AxisSizes.TracedMore)
            .Select(i => axes.Select(axis => axis.More(IsLarge)[i]).ToArray())];

    /// <summary>For each axis but the batch its lowest size, with the others' first ones.</summary>
    public IReadOnlyList<int[]> LowestSizes => [.. axes.Select((axis, i) => (axis, i)).Where(pair => !pair.axis.Axis.IsBatch)
        .Select(pair => FirstSizes.Select((size, i) => i == pair.i ? pair.axis.LowestFitting : size).ToArray())];

    /// <summary>
    /// The inputs with axes of <paramref name="sizes"/>: the example's own elements where it has some, then elements drawn evenly from its
    /// range of values (integers: its elements over again).
    /// </summary>
    public IReadOnlyList<TensorData> At(IReadOnlyList<int> sizes) => [.. declared.Zip(examples, (input, example) =>
        Resize(example, [.. input.Axes.Zip(example.Sizes, (axis, size) => axis.Name is string name ? sizes[Axes.ToList().IndexOf(name)]
        : size)]))];

    /// <summary>
    /// The inputs with axes of <paramref name="sizes"/> and other elements: drawn evenly from a part of the example's range of values
    /// (integers: from some of the example's elements).
    /// </summary>
    public IReadOnlyList<TensorData> WithOtherValues(IReadOnlyList<int> sizes, int seed) =>
        [.. At(sizes).Select(data => Redrawn(data, new Random(seed)))];

    static TensorData Redrawn(TensorData data, Random random)
    {
        double[] from = data.ToDoubles();
        (double low, double high) = (from.DefaultIfEmpty(0).Min(), from.DefaultIfEmpty(0).Max());
        (double start, double part) = (random.NextDouble(), random.NextDouble());
        int some = random.Next(from.Length) + 1;
        double[] to = [.. from.Select(_ => data.Type.IsFloat() ? low + (high - low) * (start + (1 - start) * part * random.NextDouble())
            : from[random.Next(some)])];
        return TensorData.FromDoubles(to, [.. data.Sizes], data.Type);
    }

    /// <summary>The arguments of the module: tensors of <paramref name="inputs"/>, and null where an argument is left out.</summary>
    public IReadOnlyList<torch.Tensor?> Arguments(IReadOnlyList<TensorData> inputs)
    {
        var left = new Queue<TensorData>(inputs);
        return [.. isGiven.Select(given => given ? NativeTensor.Make(left.Dequeue(), Device) : null)];
    }

    int[] Sizes(int trace) => [.. axes.Select(axis => axis.Traced(IsLarge, IsShrunk)[trace])];

    // The batch of the first input; an input that begins with another size has none.
    static ExportInput Default(int index, TensorData example, TensorData first)
    {
        bool isBatch = example.Sizes.Count > 0 && first.Sizes.Count > 0 && example.Sizes[0] == first.Sizes[0];
        return new(index == 0 ? "input" : $"input_{index}",
            [.. example.Sizes.Select((axis, i) => i == 0 && isBatch ? Axis.Batch() : axis)]);
    }

    /// <summary>Shapes of the inputs with named axes of <paramref name="sizes"/>.</summary>
    public IReadOnlyList<Shape> Shapes(IReadOnlyList<int> sizes) =>
        [.. declared.Select(input =>
            new Shape(input.Axes.Select(axis => axis.Name is string name ? sizes[Axes.ToList().IndexOf(name)] : (Dim)axis)))];

    static void Validate(ExportInput input, TensorData example)
    {
        bool fits = input.Axes.Length == example.Sizes.Count && input.Axes.Zip(example.Sizes)
            .All(pair => pair.First.Size is null || pair.First.Size == pair.Second);
        if (!fits || example.Count == 0)
        {
            throw new ExportException($"input '{input.Name}' is declared [{string.Join(",", input.Axes)}], but its example is "
                + $"[{string.Join(",", example.Sizes)}]; the example needs that shape and at least one row.");
        }
        if (input.Axes.Any(axis => axis == default))
        {
            throw new ExportException($"input '{input.Name}' is declared [{string.Join(",", input.Axes)}]; every axis needs a name or a "
                + "size.");
        }
    }

    // The example's size wherever an axis occurs.
    long[] Sizes(string name) =>
        [.. declared.Zip(examples)
            .SelectMany(pair => pair.First.Axes.Zip(pair.Second.Sizes).Where(item => item.First.Name == name).Select(item => item.Second))];

    // One name is one axis: where a range is declared in one place, it holds in all.
    static Axis Agreed(IGrouping<string, Axis> same)
    {
        Axis[] declared = [.. same.Where(axis => axis.IsBatch || axis.Lowest is not null).Distinct()];
        return declared.Length <= 1
            ? declared.FirstOrDefault(same.First())
            : throw new ExportException($"axis '{same.Key}' is declared in {declared.Length} ways; expected one range, or a batch.");
    }

    static TensorData Resize(TensorData example, long[] sizes)
    {
        if (example.Sizes.SequenceEqual(sizes))
        {
            return example;
        }
        double[] from = example.ToDoubles(), to = new double[sizes.Aggregate(1L, (a, b) => a * b)];
        bool isFloat = example.Type.IsFloat();
        (double low, double high) = (from.Min(), from.Max());
        var random = new Random(Seed);
        for (int i = 0; i < to.Length; i++)
        {
            (int source, bool inside) = Source(i, sizes, example.Sizes);
            to[i] = inside || !isFloat ? from[source] : low + random.NextDouble() * (high > low ? high - low : 1);
        }
        return TensorData.FromDoubles(to, sizes, example.Type);
    }

    // The example's element at the same place, or at the place modulo its sizes.
    static (int Source, bool Inside) Source(int position, long[] sizes, IReadOnlyList<long> from)
    {
        (long source, long stride, bool inside, long rest) = (0, 1, true, position);
        for (int axis = sizes.Length - 1; axis >= 0; axis--)
        {
            long at = rest % sizes[axis];
            inside &= at < from[axis];
            source += at % from[axis] * stride;
            stride *= from[axis];
            rest /= sizes[axis];
        }
        return ((int)source, inside);
    }
}
