namespace Toolchain.Graph.Operators;

/// <summary>Pools over the spatial axes of [N,C,...].</summary>
static class PoolingOperators
{
    public static IEnumerable<Operator> All =>
    [
        new("MaxPool", 13, Infer, scope => [Pool(scope, Largest)]),
        new("AveragePool", 13, Infer, scope => [Pool(scope, scope.Attributes.Int("count_include_pad", 0) != 0 ? MeanOfWindow : MeanOfInside)]),
        new("GlobalAveragePool", 13, InferGlobal, scope => [Global(scope[0], values => values.Average())]),
        new("GlobalMaxPool", 13, InferGlobal, scope => [Global(scope[0], values => values.Max())]),
    ];

    static TensorType[] Infer(TypeScope scope)
    {
        Shape image = scope[0].Shape;
        int[] kernel = Kernel(scope.Attributes);
        if (image.Count != kernel.Length + 2)
        {
            throw new GraphException($"a kernel of {kernel.Length} axes needs an input of {kernel.Length + 2} axes, found {image}.");
        }
        Windows windows = Windows.From(scope.Attributes, kernel);
        return [new(scope[0].Element, new Shape([image[0], image[1], .. image.Skip(2).Select((dim, axis) => windows.OutputDim(axis, dim))]))];
    }

    static TensorType[] InferGlobal(TypeScope scope) =>
        [new(scope[0].Element, new Shape([.. scope[0].Shape.Take(2), .. scope[0].Shape.Skip(2).Select(_ => (Dim)1)]))];

    static NdArray Pool(ValueScope scope, Func<IEnumerable<double>, int, double> reduce)
    {
        NdArray image = scope[0];
        int[] sizes = image.Dims[2..], kernel = Kernel(scope.Attributes);
        Windows windows = Windows.From(scope.Attributes, kernel);
        int[] output = [.. sizes.Select((size, axis) => windows.OutputSize(axis, size))];
        int planes = image.Dims[0] * image.Dims[1], inputArea = NdArray.Product(sizes), outputArea = NdArray.Product(output);
        var result = new NdArray([image.Dims[0], image.Dims[1], .. output], image.Type);

        int place = 0;
        foreach (int[] position in Windows.Positions(output))
        {
            int[] inside = [.. windows.Cells(position, sizes).Where(pair => pair.Source >= 0).Select(pair => pair.Source)];
            for (int plane = 0; plane < planes; plane++)
            {
                result.Data[plane * outputArea + place] = reduce(inside.Select(source => image.Data[plane * inputArea + source]), NdArray.Product(kernel));
            }
            place++;
        }
        return result;
    }

    static double Largest(IEnumerable<double> inside, int cells) => inside.Max();

    static double MeanOfInside(IEnumerable<double> inside, int cells) => inside.Average();

    static double MeanOfWindow(IEnumerable<double> inside, int cells) => inside.Sum() / cells;

    static NdArray Global(NdArray image, Func<double[], double> reduce)
    {
        int area = NdArray.Product(image.Dims[2..]);
        var result = new NdArray([.. image.Dims.Select((size, axis) => axis < 2 ? size : 1)], image.Type);
        for (int plane = 0; plane < result.Data.Length; plane++)
        {
            result.Data[plane] = reduce(image.Data[(plane * area)..((plane + 1) * area)]);
        }
        return result;
    }

    static int[] Kernel(Attributes attributes) =>
        [.. (attributes.Ints("kernel_shape") ?? throw new GraphException("attribute 'kernel_shape' is missing.")).Select(size => checked((int)size))];
}
