using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// Convolutions (Dumoulin and Visin 2016, "A guide to convolution arithmetic", section 4): the gradient of the image is the transposed
/// convolution of d, and the other way round. That of the weights is a convolution too, of the image by d, with channels as images,
/// images as channels, and stride and dilation exchanged.
/// </summary>
static class ConvolutionGradients
{
    public static IEnumerable<GradientRule> All => [new("Conv", Convolve), new("ConvTranspose", Transposed)];

    static IReadOnlyList<Value?> Convolve(GradientScope scope)
    {
        (GraphBuilder graph, Value x, Value w, Value d) = (scope.Graph, scope[0], scope[1], scope.Gradient);
        return
        [
            scope.Wants(0) ? Spread(graph, d, w, x, scope.Attributes) : null,
            scope.Wants(1) ? OfWeights(graph, x, d, w, scope.Attributes) : null,
            scope.Wants(2) ? OfBias(graph, d) : null,
        ];
    }

    static IReadOnlyList<Value?> Transposed(GradientScope scope)
    {
        (GraphBuilder graph, Value x, Value w, Value d) = (scope.Graph, scope[0], scope[1], scope.Gradient);
        return
        [
            scope.Wants(0) ? graph.Apply("Conv", [d, w], Copied(scope.Attributes)) : null,
            scope.Wants(1) ? OfWeights(graph, d, x, w, scope.Attributes) : null,
            scope.Wants(2) ? OfBias(graph, d) : null,
        ];
    }

    static Value OfBias(GraphBuilder graph, Value d) =>
        graph.Reduce("ReduceSum", d, [0, .. Enumerable.Range(2, d.Shape.Count - 2).Select(axis => (long)axis)]);

    /// <summary>The transposed convolution of d that has the sizes of <paramref name="image"/>.</summary>
    public static Value Spread(GraphBuilder graph, Value d, Value weight, Value image, Attributes attributes)
    {
        int rank = image.Shape.Count - 2;
        (long[] strides, long[] dilations, long[] pads) = Steps.Of(attributes, rank);
        long?[] extra = [.. Enumerable.Range(0, rank).Select(axis => strides[axis] == 1 ? 0
            : image.Shape[axis + 2].Size - ((d.Shape[axis + 2].Size - 1) * strides[axis]
                + dilations[axis] * (weight.Shape[axis + 2].Size - 1) + 1
            - pads[axis] - pads[axis + rank]))];
        Attributes transposed = Copied(attributes);
        if (extra.All(rest => rest is not null))
        {
            transposed["output_padding"] = extra.Select(rest => rest!.Value).ToArray();
            return graph.Apply("ConvTranspose", [d, weight], transposed);
        }
        // Sizes that are not known are cut from what is surely large enough.
        transposed["pads"] = new long[2 * rank];
        transposed["output_padding"] = strides.Select(stride => stride - 1).ToArray();
        Value whole = graph.Apply("ConvTranspose", [d, weight], transposed);
        Value begin = graph.Constant(TensorData.Vector(pads[..rank])),
            size = graph.Joined([.. Enumerable.Range(2, rank).Select(axis => graph.SizeOf(image, axis))]);
        return graph.Refine(graph.Apply("Slice", [whole, begin, graph.Add(begin, size),
            graph.Constant(TensorData.Vector([.. Enumerable.Range(2, rank).Select(axis => (long)axis)]))]), image.Shape);
    }

    // By which of the places of an output each element of a kernel saw which place of the image.
    static Value OfWeights(GraphBuilder graph, Value image, Value output, Value weight, Attributes attributes)
    {
        if (KernelProducts.Suit(image, output, weight, attributes))
        {
            return KernelProducts.Build(graph, image, output, weight, attributes);
        }
        int rank = weight.Shape.Count - 2;
        (long[] strides, long[] dilations, long[] pads) = Steps.Of(attributes, rank);
        long group = attributes.Int("group", 1);
        var exchanged = new Attributes { ["strides"] = dilations, ["dilations"] = strides, ["pads"] = pads, ["group"] = group };
        Value sum = graph.Apply("Conv", [Channels(graph, image, group), Swapped(graph, output)], exchanged);
        Value kernels = Swapped(graph, sum);
        // Places of the image beyond the last window are seen by no kernel.
        return sum.Shape.Skip(2).Zip(weight.Shape.Skip(2)).All(pair => pair.First == pair.Second) ? kernels
            : graph.Refine(graph.Apply("Slice", [kernels, graph.Constant(TensorData.Vector(new long[rank])),
                graph.Constant(TensorData.Vector(weight.Shape.Sizes[2..])),
                graph.Constant(TensorData.Vector([.. Enumerable.Range(2, rank).Select(axis => (long)axis)]))]), weight.Shape);
    }

    static Value Swapped(GraphBuilder graph, Value x) =>
        graph.Transpose(x, [1, 0, .. Enumerable.Range(2, x.Shape.Count - 2).Select(axis => (long)axis)]);

    // [N, group * C, ...] as [C, group * N, ...].
    static Value Channels(GraphBuilder graph, Value x, long group)
    {
        if (group == 1)
        {
            return Swapped(graph, x);
        }
        Value[] spatial = [.. Enumerable.Range(2, x.Shape.Count - 2).Select(axis => graph.SizeOf(x, axis))];
        Value groups = graph.Constant(TensorData.Vector(group)),
            channels = graph.Constant(TensorData.Vector(x.Shape[1].Size!.Value / group));
        Value apart = graph.Apply("Reshape", [x, graph.Joined([graph.SizeOf(x, 0), groups, channels, .. spatial])]);
        Value swapped = graph.Transpose(apart, [2, 1, 0, .. Enumerable.Range(3, spatial.Length).Select(axis => (long)axis)]);
        return graph.Apply("Reshape", [swapped, graph.Joined([channels, graph.Constant(TensorData.Vector(-1)), .. spatial])]);
    }

    /// <summary>Strides, dilations and pads of the windows.</summary>
    internal sealed record Steps(long[] Strides, long[] Dilations, long[] Pads)
    {
        public static Steps Of(Attributes attributes, int rank)
        {
            long[] ones = [.. Enumerable.Repeat(1L, rank)];
            return new Steps(attributes.Ints("strides") ?? ones, attributes.Ints("dilations") ?? ones,
                attributes.Ints("pads") ?? new long[2 * rank]);
        }
    }

    static Attributes Copied(Attributes attributes)
    {
        var copy = new Attributes();
        foreach (string name in new[] { "strides", "dilations", "pads", "group" }.Where(attributes.Has))
        {
            copy[name] = attributes[name];
        }
        return copy;
    }
}
