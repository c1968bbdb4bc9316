namespace Toolchain.Graph.Operators;

/// <summary>Window arithmetic shared by convolutions and pools: kernel, stride, dilation and padding per spatial axis.</summary>
sealed record Windows(int[] Kernel, int[] Strides, int[] Dilations, int[] Begin, int[] End, bool CeilMode)
{
    public static Windows From(Attributes attributes, int[] kernel)
    {
        if (attributes.Text("auto_pad", "NOTSET") is not ("NOTSET" or "VALID"))
        {
            throw new GraphException("'auto_pad' is not supported; expected explicit 'pads'.");
        }
        int rank = kernel.Length;
        int[] ones = [.. Enumerable.Repeat(1, rank)];
        int[] pads = Ints("pads") ?? new int[2 * rank];
        return new Windows(kernel, Ints("strides") ?? ones, Ints("dilations") ?? ones, pads[..rank], pads[rank..],
            attributes.Int("ceil_mode", 0) != 0);

        int[]? Ints(string name) => attributes.Ints(name)?.Select(value => checked((int)value)).ToArray();
    }

    /// <summary>The spatial sizes of a convolution; unknown where those of the weights are.</summary>
    public static IEnumerable<Dim> OutputDims(Attributes attributes, Shape image, Shape weight)
    {
        if (weight.Skip(2).Any(dim => dim.Size is null))
        {
            return image.Skip(2).Select(_ => Dim.Unknown);
        }
        Windows windows = From(attributes, [.. weight.Skip(2).Select(dim => checked((int)dim.Size!.Value))]);
        return image.Skip(2).Select((dim, axis) => windows.OutputDim(axis, dim));
    }

    /// <summary>floor((size + pads - dilation * (kernel - 1) - 1) / stride) + 1, or with the ceiling.</summary>
    public int OutputSize(int axis, int size)
    {
        int room = size + Begin[axis] + End[axis] - Dilations[axis] * (Kernel[axis] - 1) - 1;
        // A ceiling makes room for one window that begins inside.
        if (room < 0 && !(CeilMode && room + Strides[axis] > 0))
        {
            throw new GraphException($"kernel {Kernel[axis]} is larger than the padded size {size + Begin[axis] + End[axis]}.");
        }
        int output = (CeilMode ? room + Strides[axis] - 1 : room) / Strides[axis] + 1;
        // A window that would start in the end padding is dropped.
        return CeilMode && (output - 1) * Strides[axis] >= size + Begin[axis] ? output - 1 : output;
    }

    public Dim OutputDim(int axis, Dim size) => size.Size is long number ? OutputSize(axis, checked((int)number)) : Dim.Unknown;

    /// <summary>
    /// The flat input position under every kernel cell at every output position, or -1 in the padding: [cells, places], both row-major.
    /// </summary>
    public int[] Sources(int[] output, int[] sizes)
    {
        int cells = NdArray.Product(Kernel), places = NdArray.Product(output);
        var sources = new int[checked(cells * places)];
        int[] strides = NdArray.Strides(sizes);
        for (int cell = 0; cell < cells; cell++)
        {
            int inner = 1;
            // From the last axis on: each position of an axis puts its share on the positions of the axes behind it.
            for (int axis = Kernel.Length - 1, rest = cell; axis >= 0; rest /= Kernel[axis], inner *= output[axis--])
            {
                int offset = rest % Kernel[axis] * Dilations[axis] - Begin[axis];
                Span<int> of = sources.AsSpan(cell * places, places);
                for (int at = output[axis] - 1; at >= 0; at--)
                {
                    int position = at * Strides[axis] + offset;
                    bool isInside = position >= 0 && position < sizes[axis];
                    for (int i = 0; i < inner; i++)
                    {
                        of[at * inner + i] = isInside && of[i] >= 0 ? of[i] + position * strides[axis] : -1;
                    }
                }
            }
        }
        return sources;
    }

    /// <summary>
    /// Number of a window's cells that lie in the image or its declared padding; the room that a ceiling adds does not count.
    /// </summary>
    public int CellsWithPadding(int[] output, int[] sizes)
    {
        int cells = 1;
        for (int axis = 0; axis < Kernel.Length; axis++)
        {
            int start = output[axis] * Strides[axis] - Begin[axis];
            cells *= Enumerable.Range(0, Kernel[axis]).Count(cell => start + cell * Dilations[axis] < sizes[axis] + End[axis]);
        }
        return cells;
    }

    /// <summary>Every position of a row-major walk over <paramref name="sizes"/>.</summary>
    public static IEnumerable<int[]> Positions(int[] sizes)
    {
        int count = NdArray.Product(sizes);
        for (int flat = 0; flat < count; flat++)
        {
            var position = new int[sizes.Length];
            for (int axis = sizes.Length - 1, rest = flat; axis >= 0; rest /= sizes[axis--])
            {
                position[axis] = rest % sizes[axis];
            }
            yield return position;
        }
    }
}
