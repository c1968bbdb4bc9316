namespace Toolchain.Graph.Operators;

/// <summary>Pools over the spatial axes of [N,C,...].</summary>
static class PoolingOperators
{
    public static IEnumerable<Operator> All =>
    [
        new("MaxPool", 13, InferMax, scope => scope.OutputCount == 1 ? [Pool(scope, Largest)]
            : [Pool(scope, Largest), Pool(scope, LargestIndex, ElementType.Int64)]),
        new("AveragePool", 13, Infer, scope =>
            [Pool(scope, scope.Attributes.Int("count_include_pad", 0) != 0 ? MeanOfWindow : MeanOfInside)]),
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
        return [new(scope[0].Element, new Shape(
            [image[0], image[1], .. image.Skip(2).Select((dim, axis) => windows.OutputDim(axis, dim))]))];
    }

    static TensorType[] InferMax(TypeScope scope)
    {
        TensorType pooled = scope.Attributes.Int("storage_order", 0) == 0 ? Infer(scope)[0]
            : throw new GraphException("'storage_order' is not supported; expected row-major indices.");
        return scope.OutputCount == 1 ? [pooled] : [pooled, pooled with { Element = ElementType.Int64 }];
    }

    static TensorType[] InferGlobal(TypeScope scope) =>
        [new(scope[0].Element, new Shape([.. scope[0].Shape.Take(2), .. scope[0].Shape.Skip(2).Select(_ => (Dim)1)]))];

    static NdArray Pool(ValueScope scope, Func<double[], int[], int, double> reduce, ElementType? type = null)
    {
        NdArray image = scope[0];
        int[] sizes = image.Dims[2..], kernel = Kernel(scope.Attributes);
        Windows windows = Windows.From(scope.Attributes, kernel);
        int[] output = [.. sizes.Select((size, axis) => windows.OutputSize(axis, size))];
        int inputArea = NdArray.Product(sizes), outputArea = NdArray.Product(output);
        var result = new NdArray([image.Dims[0], image.Dims[1], .. output], type ?? image.Type);
        double[] pixels = image.Data;
        int[] sources = windows.Sources(output, sizes); // [cell, place]
        int[] counts = [.. Windows.Positions(output).Select(position => windows.CellsWithPadding(position, sizes))];
        int cells = NdArray.Product(kernel);
        int[][] inside = [.. Enumerable.Range(0, outputArea).Select(place =>
            Enumerable.Range(0, cells).Select(cell => sources[cell * outputArea + place]).Where(source => source >= 0).ToArray())];
        Parallel.For(0, image.Dims[0] * image.Dims[1], plane =>
        {
            var values = new double[cells];
            for (int place = 0; place < outputArea; place++)
            {
                int[] places = inside[place];
                double[] window = places.Length == values.Length ? values : new double[places.Length];
                for (int i = 0; i < places.Length; i++)
                {
                    window[i] = pixels[plane * inputArea + places[i]];
                }
                double value = reduce(window, places, counts[place]);
                // Indices count over the whole tensor.
                result.Data[plane * outputArea + place] = type == ElementType.Int64 ? plane * inputArea + value : value;
            }
        });
        return result;
    }

    static double Largest(double[] inside, int[] sources, int cells) => inside.Max();

    static double LargestIndex(double[] inside, int[] sources, int cells) => sources[Array.IndexOf(inside, inside.Max())];

    static double MeanOfInside(double[] inside, int[] sources, int cells) => inside.Average();

    static double MeanOfWindow(double[] inside, int[] sources, int cells) => inside.Sum() / cells;

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
        [.. (attributes.Ints("kernel_shape") ?? throw new GraphException("attribute 'kernel_shape' is missing."))
        .Select(size => checked((int)size))];
}
