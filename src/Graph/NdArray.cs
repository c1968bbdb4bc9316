namespace Toolchain.Graph;

/// <summary>A tensor of doubles, row-major: what the evaluator computes with, whatever the element type in the file.</summary>
sealed class NdArray(double[] data, int[] dims, ElementType type)
{
    public double[] Data { get; } = data;

    public int[] Dims { get; } = dims;

    public ElementType Type { get; } = type;

    public int Rank => Dims.Length;

    public NdArray(int[] dims, ElementType type) : this(new double[Product(dims)], dims, type)
    {
    }

    public static NdArray From(TensorData tensor) => new(tensor.ToDoubles(), [.. tensor.Sizes.Select(size => checked((int)size))], tensor.Type);

    public TensorData ToTensor() => TensorData.FromDoubles(Data, [.. Dims.Select(size => (long)size)], Type);

    public long[] ToInt64s() => [.. Data.Select(value => (long)value)];

    public int Axis(long axis) => Shape.Of(Dims.Select(size => (long)size)).Axis(axis);

    /// <summary>The same elements under other sizes.</summary>
    public NdArray Reshape(int[] dims) => new(Data, dims, Type);

    public NdArray Map(Func<double, double> function, ElementType? type = null) => new(Array.ConvertAll(Data, new Converter<double, double>(function)), Dims, type ?? Type);

    /// <summary>What <paramref name="function"/> makes of each element and its place.</summary>
    public NdArray With(Func<double, int, double> function) => new([.. Data.Select(function)], Dims, Type);

    public static int Product(ReadOnlySpan<int> dims)
    {
        int product = 1;
        foreach (int size in dims)
        {
            product = checked(product * size);
        }
        return product;
    }

    /// <summary>Row-major strides of <paramref name="dims"/>, in elements.</summary>
    public static int[] Strides(int[] dims)
    {
        var strides = new int[dims.Length];
        for (int axis = dims.Length - 1, stride = 1; axis >= 0; stride *= dims[axis--])
        {
            strides[axis] = stride;
        }
        return strides;
    }

    /// <summary>Strides that read <paramref name="dims"/> as if broadcast to <paramref name="target"/>: 0 along repeated axes.</summary>
    public static int[] BroadcastStrides(int[] dims, int[] target)
    {
        int[] own = Strides(dims);
        var strides = new int[target.Length];
        for (int axis = 0; axis < dims.Length; axis++)
        {
            strides[axis + target.Length - dims.Length] = dims[axis] == 1 ? 0 : own[axis];
        }
        return strides;
    }

    /// <summary>Elements gathered by strides: result[i0,i1,..] = Data[offset + i0*strides[0] + i1*strides[1] + ..].</summary>
    public NdArray Gather(int[] dims, int[] strides, int offset = 0)
    {
        var result = new NdArray(dims, Type);
        int at = 0;
        foreach (int position in Positions(dims, strides, offset))
        {
            result.Data[at++] = Data[position];
        }
        return result;
    }

    /// <summary>The flat positions visited by a row-major walk over <paramref name="dims"/> with <paramref name="strides"/>.</summary>
    public static IEnumerable<int> Positions(int[] dims, int[] strides, int offset = 0)
    {
        int count = Product(dims);
        var index = new int[dims.Length];
        int position = offset;
        for (int i = 0; i < count; i++)
        {
            yield return position;
            for (int axis = dims.Length - 1; axis >= 0; axis--)
            {
                position += strides[axis];
                if (++index[axis] < dims[axis])
                {
                    break;
                }
                position -= strides[axis] * dims[axis];
                index[axis] = 0;
            }
        }
    }
}
