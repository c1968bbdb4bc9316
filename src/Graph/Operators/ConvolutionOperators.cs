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
        int inputArea = NdArray.Product(sizes), outputArea = NdArray.Product(output), cells = NdArray.Product(windows.Kernel);
        var result = new NdArray([image.Dims[0], maps, .. output], image.Type);

        int place = 0;
        foreach (int[] position in Windows.Positions(output))
        {
            (int Cell, int Source)[] inside = [.. windows.Cells(position, sizes).Where(pair => pair.Source >= 0)];
            for (int n = 0; n < image.Dims[0]; n++)
            {
                for (int map = 0; map < maps; map++)
                {
                    double sum = bias?.Data[map] ?? 0;
                    for (int channel = 0; channel < groupChannels; channel++)
                    {
                        int from = (n * image.Dims[1] + map / groupMaps * groupChannels + channel) * inputArea;
                        int kernel = (map * groupChannels + channel) * cells;
                        foreach ((int cell, int source) in inside)
                        {
                            sum += weight.Data[kernel + cell] * image.Data[from + source];
                        }
                    }
                    result.Data[(n * maps + map) * outputArea + place] = sum;
                }
            }
            place++;
        }
        return result;
    }

    static int[] Sizes(long[] sizes) => [.. sizes.Select(size => checked((int)size))];
}
