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
        return new Windows(kernel, Ints("strides") ?? ones, Ints("dilations") ?? ones, pads[..rank], pads[rank..], attributes.Int("ceil_mode", 0) != 0);

        int[]? Ints(string name) => attributes.Ints(name)?.Select(value => checked((int)value)).ToArray();
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

    /// <summary>Visits, for the output position, every kernel cell and the input position under it, or -1 in the padding.</summary>
    public IEnumerable<(int Cell, int Source)> Cells(int[] output, int[] sizes)
    {
        int cells = NdArray.Product(Kernel);
        for (int cell = 0; cell < cells; cell++)
        {
            yield return (cell, Source(cell, output, sizes));
        }
    }

    /// <summary>Number of a window's cells that lie in the image or its declared padding; the room that a ceiling adds does not count.</summary>
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

    int Source(int cell, int[] output, int[] sizes)
    {
        int source = 0, stride = 1;
        for (int axis = Kernel.Length - 1; axis >= 0; axis--)
        {
            int offset = cell % Kernel[axis];
            cell /= Kernel[axis];
            int position = output[axis] * Strides[axis] - Begin[axis] + offset * Dilations[axis];
            if (position < 0 || position >= sizes[axis])
            {
                return -1;
            }
            source += position * stride;
            stride *= sizes[axis];
        }
        return source;
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
