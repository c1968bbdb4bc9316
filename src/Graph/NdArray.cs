namespace Toolchain.Graph;

/// <summary>A tensor of doubles, row-major: what the evaluator computes with, whatever the element type in the file.</summary>
sealed class NdArray
{
    // Elements that a task takes at least: below, starting it costs more than it saves.
    const int ChunkElements = 1 << 14;

    // Smaller weights are widened at once; larger ones (8 MB and more) when their elements are asked for.
    const int LazyElements = 1 << 20;

    readonly TensorData? source;
    double[]? data;

    public NdArray(double[] data, int[] dims, ElementType type) => (this.data, Dims, Type) = (data, dims, type);

    NdArray(TensorData source, int[] dims) => (this.source, Dims, Type) = (source, dims, source.Type);

    /// <summary>The elements; those of a large weight are widened when they are first asked for.</summary>
    public double[] Data => data ??= source!.ToDoubles();

    public int[] Dims { get; }

    public ElementType Type { get; }

    /// <summary>Bytes that it holds.</summary>
    public long HeldBytes => (data?.Length ?? 0L) * sizeof(double);

    public int Rank => Dims.Length;

    public NdArray(int[] dims, ElementType type) : this(new double[Product(dims)], dims, type)
    {
    }

    public static NdArray From(TensorData tensor)
    {
        var array = new NdArray(tensor, [.. tensor.Sizes.Select(size => checked((int)size))]);
        array.data = tensor.Type == ElementType.Float32 && tensor.Count >= LazyElements ? null : tensor.ToDoubles();
        return array;
    }

    /// <summary>Elements from <paramref name="start"/> on, without widening the whole.</summary>
    public void Read(int start, Span<double> to)
    {
        if (data is not null)
        {
            data.AsSpan(start, to.Length).CopyTo(to);
            return;
        }
        source!.Read(start, to);
    }

    public TensorData ToTensor() => TensorData.FromDoubles(Data, [.. Dims.Select(size => (long)size)], Type);

    public long[] ToInt64s() => [.. Data.Select(value => (long)value)];

    public Shape Shape => Shape.Of(Dims.Select(size => (long)size));

    public int Axis(long axis) => Shape.Axis(axis);

    /// <summary>The same elements under other sizes.</summary>
    public NdArray Reshape(int[] dims) => data is null ? new NdArray(source!, dims) : new NdArray(data, dims, Type);

    public NdArray Map(Func<double, double> function, ElementType? type = null) => Map((value, _) => function(value), type);

    /// <summary>What <paramref name="function"/> makes of each element and its row-major position.</summary>
    public NdArray Map(Func<double, int, double> function, ElementType? type = null)
    {
        double[] from = Data, to = new double[from.Length];
        InChunks(from.Length, 1, i => to[i] = function(from[i], i));
        return new NdArray(to, Dims, type ?? Type);
    }

    /// <summary>Runs <paramref name="step"/> for every index below <paramref name="count"/> on all processors, in no order.</summary>
    /// <param name="count">Number of steps.</param>
    /// <param name="elements">Elements that a step takes.</param>
    /// <param name="step">What to do; steps are independent.</param>
    public static void InChunks(int count, int elements, Action<int> step)
    {
        int size = Math.Max(1, ChunkElements / Math.Max(1, elements)), chunks = (int)(((long)count + size - 1) / size);
        if (chunks <= 1)
        {
            Run(0);
            return;
        }
        Parallel.For(0, chunks, Run);

        void Run(int chunk)
        {
            int end = (int)Math.Min(count, ((long)chunk + 1) * size);
            for (int i = chunk * size; i < end; i++)
            {
                step(i);
            }
        }
    }

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
        if (dims.Length == 0)
        {
            result.Data[0] = Data[offset];
            return result;
        }
        (double[] from, double[] to, int at, int length, int step) = (Data, result.Data, 0, dims[^1], strides[^1]);
        foreach (int start in Positions(dims[..^1], strides, offset))
        {
            for (int i = 0, position = start; i < length; i++, position += step)
            {
                to[at++] = from[position];
            }
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
