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
        if (image[1].Size is long channels && channels != weight[1].Size * group)
        {
            throw new GraphException($"weight {weight} with group {group} expects {weight[1].Size * group} channels, the input {image} has {channels}.");
        }
        Windows windows = Windows.From(scope.Attributes, Sizes(weight.Sizes[2..]));
        return [new(scope[0].Element, new Shape([image[0], weight[0], .. image.Skip(2).Select((dim, axis) => windows.OutputDim(axis, dim))]))];
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
        var result = new NdArray([image.Dims[0], maps, .. output], image.Type);
        int[][] sources = [.. Windows.Positions(output).Select(position => windows.Cells(position, sizes).Select(pair => pair.Source).ToArray())]; // [place][cell]
        for (int n = 0; n < image.Dims[0]; n++)
        {
            for (int group = 0; group < maps / groupMaps; group++)
            {
                Memory<double> sums = result.Data.AsMemory((n * maps + group * groupMaps) * outputArea, groupMaps * outputArea); // [groupMaps, outputArea]
                for (int map = 0; map < groupMaps && bias is not null; map++)
                {
                    sums.Span.Slice(map * outputArea, outputArea).Fill(bias.Data[group * groupMaps + map]);
                }
                int from = (n * image.Dims[1] + group * groupChannels) * inputArea;
                BlockedProduct.Add(weight.Data.AsMemory(group * groupMaps * groupChannels * cells), groupMaps, groupChannels * cells, outputArea, (place, tile) => Pack(place, from, tile), sums);
            }
        }
        return result;

        // The cells of every channel under the windows of the places from the first one on: [groupChannels * cells, Width], 0 in the padding.
        void Pack(int first, int from, double[] tile)
        {
            int width = Math.Min(BlockedProduct.Width, outputArea - first), at = 0;
            for (int channel = 0; channel < groupChannels; channel++, from += inputArea)
            {
                for (int cell = 0; cell < cells; cell++, at += BlockedProduct.Width)
                {
                    for (int i = 0; i < width; i++)
                    {
                        int source = sources[first + i][cell];
                        tile[at + i] = source < 0 ? 0 : image.Data[from + source];
                    }
                }
            }
        }
    }

    static int[] Sizes(long[] sizes) => [.. sizes.Select(size => checked((int)size))];
}
