namespace Toolchain.Graph.Operators;

/// <summary>
/// Transposed convolution: input [N,C,...], weight [C,M/group,...], output [N,M,...]; every input element stamps its weighted kernel.
/// </summary>
static class TransposedConvolution
{
    public static IEnumerable<Operator> All => [new("ConvTranspose", 13, Infer, scope => [Stamp(scope)])];

    static TensorType[] Infer(TypeScope scope)
    {
        (Shape image, Shape weight) = (scope[0].Shape, scope[1].Shape);
        if (image.Count < 3 || weight.Count != image.Count)
        {
            throw new GraphException($"input and weight need the same 3 or more axes, found {image} and {weight}.");
        }
        if (image[1].Size is not null && weight[0].Size is not null && image[1] != weight[0])
        {
            throw new GraphException($"weight {weight} expects {weight[0]} channels, the input {image} has {image[1]}.");
        }
        Windows windows = Windows.From(scope.Attributes, [.. weight.Skip(2).Select(dim => checked((int)(dim.Size
            ?? throw new GraphException($"the sizes of the kernel must be known, found weight {weight}."))))]);
        Dim maps = weight[1].Size is long each ? each * scope.Attributes.Int("group", 1) : Dim.Unknown;
        Dim[] spatial =
            [.. image.Skip(2).Select((dim, axis) => dim.Size is long size ? (Dim)OutputSize(scope.Attributes, windows, axis, (int)size)
            : Dim.Unknown)];
        return [new(scope[0].Element, new Shape([image[0], maps, .. spatial]))];
    }

    // stride * (size - 1) + output_padding + dilation * (kernel - 1) + 1 - pads
    static int OutputSize(Attributes attributes, Windows windows, int axis, int size)
    {
        if (attributes.Has("output_shape"))
        {
            throw new GraphException("'output_shape' is not supported; expected 'pads' and 'output_padding'.");
        }
        int extra = (int)(attributes.Ints("output_padding")?[axis] ?? 0);
        return windows.Strides[axis] * (size - 1) + extra + windows.Dilations[axis] * (windows.Kernel[axis] - 1)
            + 1 - windows.Begin[axis] - windows.End[axis];
    }

    static NdArray Stamp(ValueScope scope)
    {
        (NdArray image, NdArray weight, NdArray? bias) = (scope[0], scope[1], scope.Optional(2));
        Windows windows = Windows.From(scope.Attributes, weight.Dims[2..]);
        int group = (int)scope.Attributes.Int("group", 1), channels = image.Dims[1], groupChannels = channels / group,
            groupMaps = weight.Dims[1], maps = groupMaps * group;
        int[] sizes = image.Dims[2..], output = [.. sizes.Select((size, axis) => OutputSize(scope.Attributes, windows, axis, size))];
        int area = NdArray.Product(sizes), outputArea = NdArray.Product(output), cells = NdArray.Product(windows.Kernel);
        var result = new NdArray([image.Dims[0], maps, .. output], image.Type);
        for (int i = 0; bias is not null && i < result.Data.Length; i++)
        {
            result.Data[i] = bias.Data[i / outputArea % maps];
        }
        int place = -1;
        foreach (int[] position in Windows.Positions(sizes))
        {
            place++;
            (int Cell, int Target)[] stamped =
                [.. Windows.Positions(windows.Kernel).Select((cell, i) => (i, Target(position, cell, windows, output)))
                .Where(pair => pair.Item2 >= 0)];
            for (int n = 0; n < image.Dims[0]; n++)
            {
                for (int channel = 0; channel < channels; channel++)
                {
                    double value = image.Data[(n * channels + channel) * area + place];
                    for (int map = 0; map < groupMaps; map++)
                    {
                        int kernel = (channel * groupMaps + map) * cells,
                            to = (n * maps + channel / groupChannels * groupMaps + map) * outputArea;
                        foreach ((int cell, int target) in stamped)
                        {
                            result.Data[to + target] += value * weight.Data[kernel + cell];
                        }
                    }
                }
            }
        }
        return result;
    }

    // The flat output position under a kernel cell, or -1 outside.
    static int Target(int[] position, int[] cell, Windows windows, int[] output)
    {
        int target = 0;
        for (int axis = 0; axis < output.Length; axis++)
        {
            int at = position[axis] * windows.Strides[axis] + cell[axis] * windows.Dilations[axis] - windows.Begin[axis];
            if (at < 0 || at >= output[axis])
            {
                return -1;
            }
            target = target * output[axis] + at;
        }
        return target;
    }
}
