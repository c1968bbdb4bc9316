namespace Toolchain.Graph.Operators;

/// <summary>Convolution in any number of spatial axes: input [N,C,...], weight [M,C/group,...], output [N,M,...].</summary>
static class ConvolutionOperators
{
    public static IEnumerable<Operator> All => [new("Conv", 13, Infer, scope => [Convolve(scope)])];

    static TensorType[] Infer(TypeScope scope)
    {
        (Shape image, Shape weight) = (scope[0].Shape, scope[1].Shape);
        long group = scope.Attributes.Int("group", 1);
        if (image.Count < 3 || weight.Count != image.Count)
        {
            throw new GraphException($"input and weight need the same 3 or more axes, found {image} and {weight}.");
        }
        if (image[1].Size is long channels && weight[1].Size is long mine && channels != mine * group)
        {
            throw new GraphException($"weight {weight} with group {group} expects {weight[1].Size * group} channels, the input {image} has "
                + $"{channels}.");
        }
        return [new(scope[0].Element, new Shape([image[0], weight[0], .. Windows.OutputDims(scope.Attributes, image, weight)]))];
    }

    static NdArray Convolve(ValueScope scope)
    {
        (NdArray image, NdArray weight, NdArray? bias) = (scope[0], scope[1], scope.Optional(2));
        int[] sizes = image.Dims[2..];
        Windows windows = Windows.From(scope.Attributes, weight.Dims[2..]);
        int[] output = [.. sizes.Select((size, axis) => windows.OutputSize(axis, size))];
        int maps = weight.Dims[0], groupChannels = weight.Dims[1], groupMaps = maps / (int)scope.Attributes.Int("group", 1);
        if (groupMaps == 0 || image.Dims[1] != maps / groupMaps * groupChannels)
        {
            throw new GraphException($"{maps} maps of {groupChannels} channels do not fit {image.Dims[1]} channels in groups.");
        }
        int inputArea = NdArray.Product(sizes), outputArea = NdArray.Product(output), cells = NdArray.Product(windows.Kernel);
        int groups = maps / groupMaps;
        var result = new NdArray([image.Dims[0], maps, .. output], image.Type);
        for (int i = 0; i < result.Data.Length / Math.Max(outputArea, 1) && bias is not null; i++)
        {
            result.Data.AsSpan(i * outputArea, outputArea).Fill(bias.Data[i % maps]);
        }
        int[] sources = windows.Sources(output, sizes); // [cell, place]
        double[] pixels = image.Data, kernels = weight.Data;
        // A product for each image and group: [groupMaps, groupChannels * cells] by [groupChannels * cells, outputArea].
        BlockedProduct.Add(new(image.Dims[0] * groups, groupMaps, groupChannels * cells, outputArea),
            item => kernels.AsMemory(item % groups * groupMaps * groupChannels * cells, groupMaps * groupChannels * cells), Pack,
            item => result.Data.AsMemory(item * groupMaps * outputArea, groupMaps * outputArea));
        return result;

        // Every channel's cells under the windows of the places from the first one on, 0 in the padding.
        void Pack(int item, int first, int from, int count, Span<double> panel)
        {
            int width = Math.Min(BlockedProduct.Width, outputArea - first);
            for (int k = 0; k < count; k++, panel = panel[BlockedProduct.Width..])
            {
                (int channel, int cell) = ((from + k) / cells, (from + k) % cells);
                ReadOnlySpan<double> plane = pixels.AsSpan((item * groupChannels + channel) * inputArea, inputArea);
                ReadOnlySpan<int> places = sources.AsSpan(cell * outputArea + first, width);
                for (int i = 0; i < places.Length; i++)
                {
                    panel[i] = places[i] < 0 ? 0 : plane[places[i]];
                }
            }
        }
    }

    static int[] Sizes(long[] sizes) => [.. sizes.Select(size => checked((int)size))];
}
