using Toolchain.Export.Recording;
using Toolchain.Graph;
using TorchSharp;

namespace Toolchain.Export;

/// <summary>Inputs of any batch size in the likeness of an example.</summary>
sealed class ExampleInputs
{
    // Any fixed number: the same examples in every export.
    const int Seed = 20;

    readonly TensorData[] examples;
    readonly ExportInput[] declared;

    /// <exception cref="ExportException">The declared inputs do not fit the examples.</exception>
    public ExampleInputs(IReadOnlyList<torch.Tensor> tensors, OnnxExportOptions options)
    {
        examples = [.. tensors.Select(NativeTensor.Read)];
        Device = tensors.Count > 0 ? tensors[0].device : throw new ExportException("at least one example input is needed, found none.");
        declared = options.Inputs.Count > 0 ? [.. options.Inputs] : [.. examples.Select((example, i) => Default(i, example))];
        if (declared.Length != examples.Length)
        {
            throw new ExportException($"'{nameof(options.Inputs)}' declares {declared.Length} inputs, but {examples.Length} examples were given.");
        }
        foreach ((ExportInput input, TensorData example) in declared.Zip(examples))
        {
            Validate(input, example);
        }
        string[] names = [.. declared.SelectMany(input => input.Axes).Select(axis => axis.Name).OfType<string>().Distinct()];
        Axis = names.Length <= 1 ? names.FirstOrDefault() : throw new ExportException($"one axis can be named, the batch; found {string.Join(", ", names)}.");
    }

    /// <summary>Name of the batch axis, or null when all sizes are fixed.</summary>
    public string? Axis { get; }

    /// <summary>Names of the inputs.</summary>
    public IReadOnlyList<string> Names => [.. declared.Select(input => input.Name)];

    /// <summary>Where the examples are.</summary>
    public torch.Device Device { get; }

    /// <summary>
    /// The inputs with <paramref name="size"/> rows: the example's own first, then rows drawn evenly from its range of values (integers: its rows
    /// over again).
    /// </summary>
    public IReadOnlyList<TensorData> AtSize(int size) => [.. declared.Zip(examples, (input, example) => input.Axes[0].Name is null ? example : Resize(example, size))];

    static ExportInput Default(int index, TensorData example) =>
        new(index == 0 ? "input" : $"input_{index}", [.. example.Sizes.Select((axis, i) => i == 0 ? Export.Axis.Named("N") : axis)]);

    static void Validate(ExportInput input, TensorData example)
    {
        bool fits = input.Axes.Length == example.Sizes.Count && input.Axes.Zip(example.Sizes).All(pair => pair.First.Size is null || pair.First.Size == pair.Second);
        if (!fits || example.Sizes.Count == 0 || example.Count == 0)
        {
            throw new ExportException($"input '{input.Name}' is declared [{string.Join(",", input.Axes)}], but its example is [{string.Join(",", example.Sizes)}]; the example needs that shape and at least one row.");
        }
        if (input.Axes.Skip(1).Any(axis => axis.Size is null))
        {
            throw new ExportException($"input '{input.Name}' is declared [{string.Join(",", input.Axes)}]; only its first axis can be named.");
        }
    }

    static TensorData Resize(TensorData example, int size)
    {
        double[] from = example.ToDoubles();
        int row = from.Length / (int)example.Sizes[0];
        var to = new double[size * row];
        bool isFloat = example.Type is ElementType.Float16 or ElementType.Float32 or ElementType.Float64;
        (double low, double high) = (from.Min(), from.Max());
        var random = new Random(Seed);
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = i < from.Length || !isFloat ? from[i % from.Length] : low + random.NextDouble() * (high > low ? high - low : 1);
        }
        return TensorData.FromDoubles(to, [size, .. example.Sizes.Skip(1)], example.Type);
    }
}
