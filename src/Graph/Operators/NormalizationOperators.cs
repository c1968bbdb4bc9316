namespace Toolchain.Graph.Operators;

/// <summary>Normalisations, that of a batch in the forms of inference and of training, and softmax.</summary>
static class NormalizationOperators
{
    public static IEnumerable<Operator> All =>
    [
        new("BatchNormalization", 13, InferBatchNorm, scope => scope.Attributes.Int("training_mode", 0) == 0
            ? [BatchNorm(scope, scope[3].Data, scope[4].Data)] : TrainingBatchNorm(scope)),
        new("LayerNormalization", 17, InferLayerNorm, LayerNorm),
        new("LRN", 13, scope => [scope[0]], scope => [LocalResponse(scope)]),
        new("Softmax", 13, InferAlongAxis, scope => [AlongAxis(scope, Softmax)]),
        new("LogSoftmax", 13, InferAlongAxis, scope => [AlongAxis(scope, LogSoftmax)]),
    ];

    // In training, the running statistics follow.
    static TensorType[] InferBatchNorm(TypeScope scope) => scope.Attributes.Int("training_mode", 0) == 0
        ? [scope[0]]
        : [scope[0], scope[3], scope[4]];

    // A scalar has no axis.
    static TensorType[] InferAlongAxis(TypeScope scope)
    {
        _ = scope[0].Shape.Axis(scope.Attributes.Int("axis", -1));
        return [scope[0]];
    }

    // The result, and where they are wanted the mean and 1 / sqrt(variance + epsilon), with the normalised axes as 1.
    static TensorType[] InferLayerNorm(TypeScope scope)
    {
        Shape shape = scope[0].Shape;
        int axis = shape.Axis(scope.Attributes.Int("axis", -1));
        TensorType statistics = new(scope[0].Element, new Shape(shape.Select((dim, i) => i < axis ? dim : (Dim)1)));
        return [scope[0], statistics, statistics];
    }

    // y = (x - mean) / sqrt(var + epsilon) * scale + bias, per channel of [N,C,...].
    static NdArray BatchNorm(ValueScope scope, double[] means, double[] variances)
    {
        NdArray image = scope[0];
        double epsilon = scope.Attributes.Float("epsilon", 1e-5f);
        int area = NdArray.Product(image.Dims.AsSpan(2)), channels = image.Dims[1];
        var result = new NdArray(image.Dims, image.Type);
        double[] from = image.Data, scales = scope[1].Data, shifts = scope[2].Data;
        NdArray.InChunks(result.Data.Length / Math.Max(area, 1), area, plane =>
        {
            int c = plane % channels;
            (double mean, double deviation, double scale, double shift) = (means[c], Math.Sqrt(variances[c] + epsilon), scales[c],
                shifts[c]);
            for (int i = plane * area; i < (plane + 1) * area; i++)
            {
                result.Data[i] = (from[i] - mean) / deviation * scale + shift;
            }
        });
        return result;
    }

    // By the statistics of the batch, the variance with divisor n; running = running * momentum + batch * (1 - momentum).
    static NdArray[] TrainingBatchNorm(ValueScope scope)
    {
        NdArray image = scope[0];
        double momentum = scope.Attributes.Float("momentum", 0.9f);
        int area = NdArray.Product(image.Dims.AsSpan(2)), channels = image.Dims[1];
        double[] means = new double[channels], variances = new double[channels];
        for (int c = 0; c < channels; c++)
        {
            double[] values = [.. Enumerable.Range(0, image.Dims[0])
                .SelectMany(n => image.Data.AsSpan((n * channels + c) * area, area).ToArray())];
            means[c] = Sum(values, 0) / values.Length;
            variances[c] = Squares(values, means[c]) / values.Length;
        }
        return [BatchNorm(scope, means, variances), Running(scope[3], means), Running(scope[4], variances)];

        NdArray Running(NdArray before, double[] batch) => before.Map((value, c) => value * momentum + batch[c] * (1 - momentum));
    }

    // y = x / (bias + alpha / size * sum of squares over the nearest channels)^beta
    static NdArray LocalResponse(ValueScope scope)
    {
        NdArray image = scope[0];
        long size = scope.Attributes.Int("size", 1);
        double alpha = scope.Attributes.Float("alpha", 1e-4f), beta = scope.Attributes.Float("beta", .75f),
            bias = scope.Attributes.Float("bias", 1);
        int area = NdArray.Product(image.Dims.AsSpan(2)), channels = image.Dims[1], below = (int)((size - 1) / 2),
            above = (int)(size - 1) - below;
        var result = new NdArray(image.Dims, image.Type);
        for (int i = 0; i < result.Data.Length; i++)
        {
            int c = i / area % channels;
            double squares = 0;
            for (int near = Math.Max(0, c - below); near <= Math.Min(channels - 1, c + above); near++)
            {
                squares += image.Data[i + (near - c) * area] * image.Data[i + (near - c) * area];
            }
            result.Data[i] = image.Data[i] / Math.Pow(bias + alpha / size * squares, beta);
        }
        return result;
    }

    static NdArray[] LayerNorm(ValueScope scope)
    {
        NdArray x = scope[0];
        int axis = x.Axis(scope.Attributes.Int("axis", -1));
        int length = NdArray.Product(x.Dims.AsSpan(axis));
        double epsilon = scope.Attributes.Float("epsilon", 1e-5f);
        int[] rows = [.. x.Dims.Select((size, i) => i < axis ? size : 1)];
        NdArray result = new(x.Dims, x.Type), means = new(rows, x.Type), factors = new(rows, x.Type);
        for (int row = 0; row < x.Data.Length / length; row++)
        {
            ReadOnlySpan<double> values = x.Data.AsSpan(row * length, length);
            double mean = Sum(values, 0) / length, variance = Squares(values, mean) / length;
            (means.Data[row], factors.Data[row]) = (mean, 1 / Math.Sqrt(variance + epsilon));
            for (int i = 0; i < length; i++)
            {
                double scaled = (values[i] - mean) / Math.Sqrt(variance + epsilon) * scope[1].Data[i];
                result.Data[row * length + i] = scaled + (scope.Optional(2)?.Data[i] ?? 0);
            }
        }
        return [result, means, factors];
    }

    static double Sum(ReadOnlySpan<double> values, double start)
    {
        foreach (double value in values)
        {
            start += value;
        }
        return start;
    }

    static double Squares(ReadOnlySpan<double> values, double mean)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += (value - mean) * (value - mean);
        }
        return sum;
    }

    static NdArray AlongAxis(ValueScope scope, Action<double[]> normalize) =>
        AlongAxis(scope[0], scope[0].Axis(scope.Attributes.Int("axis", -1)), normalize);

    static NdArray AlongAxis(NdArray x, int axis, Action<double[]> normalize)
    {
        int length = x.Dims[axis], inner = NdArray.Product(x.Dims.AsSpan(axis + 1));
        var result = new NdArray(x.Dims, x.Type);
        var row = new double[length];
        for (int start = 0; start < x.Data.Length; start += length * inner)
        {
            for (int offset = start; offset < start + inner; offset++)
            {
                for (int i = 0; i < length; i++)
                {
                    row[i] = x.Data[offset + i * inner];
                }
                normalize(row);
                for (int i = 0; i < length; i++)
                {
                    result.Data[offset + i * inner] = row[i];
                }
            }
        }
        return result;
    }

    /// <summary>exp(x) / sum of exp(x) along the last axis.</summary>
    public static NdArray Softmax(NdArray x) => AlongAxis(x, x.Rank - 1, Softmax);

    static void Softmax(double[] row)
    {
        double largest = row.Max(), total = row.Sum(value => Math.Exp(value - largest));
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = Math.Exp(row[i] - largest) / total;
        }
    }

    static void LogSoftmax(double[] row)
    {
        double total = ReductionOperators.LogSumExp(row);
        for (int i = 0; i < row.Length; i++)
        {
            row[i] -= total;
        }
    }
}
