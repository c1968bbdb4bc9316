using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// Normalisations, with n the normalised input, s the scale, r = 1 / sqrt(variance + epsilon), d the gradient of y = n s + bias, and means
/// over what shares a statistic. By given statistics: dx = d s r. By those of x itself (Ioffe and Szegedy 2015, section 3; Ba et al. 2016):
/// dx = r (d s - mean(d s) - n mean(d s n)), and without the second term where no mean was taken off (Zhang and Sennrich 2019).
/// Always: ds = sum of d n, dbias = sum of d.
/// </summary>
static class NormalizationGradients
{
    public static IEnumerable<GradientRule> All =>
    [
        new("BatchNormalization", scope => scope.Attributes.Int("training_mode", 0) == 0 ? Given(scope) : OfBatch(scope)),
        new("LayerNormalization", OfLayer), new("RMSNormalization", OfSquares), new("LRN", OfChannels),
    ];

    static Term Inverse(GradientScope scope, Term variance) => 1 / (variance + scope.Attributes.Float("epsilon", 1e-5f)).Apply("Sqrt");

    // A vector of channels beside [N,C,...].
    static Term Beside(Term channels, Term x)
    {
        long[] axes = [.. Enumerable.Range(1, Math.Max(0, x.Value.Shape.Count - 2)).Select(axis => (long)axis)];
        return axes.Length == 0 ? channels : channels.Unsqueeze(axes);
    }

    static long[] ButChannels(Term x) => [.. Enumerable.Range(0, x.Value.Shape.Count).Where(axis => axis != 1).Select(axis => (long)axis)];

    static Term PerChannel(string op, Term x) => new(x.Graph, x.Graph.Reduce(op, x, ButChannels(x)));

    static IReadOnlyList<Value?> Given(GradientScope scope)
    {
        (Term x, Term scale, Term mean, Term d) = (scope[0], scope[1], scope[3], scope.Gradient);
        Term inverse = Inverse(scope, scope[4]), factor = scale * inverse;
        Term? bias = scope.Wants(2) || scope.Wants(3) ? PerChannel("ReduceSum", d) : null;
        Term? slope = scope.Wants(1) || scope.Wants(4) ? PerChannel("ReduceSum", d * (x - Beside(mean, x))) * inverse : null;
        return
        [
            scope.Wants(0) ? d * Beside(factor, x) : null, slope, bias,
            bias is Term sum ? -(sum * factor) : null, slope is Term of ? of * factor * inverse * -0.5 : null,
        ];
    }

    // Outputs y, mean * momentum + (mean of the batch) * (1 - momentum), and the same of the variance.
    static IReadOnlyList<Value?> OfBatch(GradientScope scope)
    {
        (Term x, Term scale, Term d) = (scope[0], scope[1], scope.Gradient);
        float momentum = scope.Attributes.Float("momentum", 0.9f);
        ElementType type = x.Value.Type.Element;
        Term centred = x - Beside(PerChannel("ReduceMean", x), x);
        Term inverse = Inverse(scope, PerChannel("ReduceMean", centred * centred)), normal = centred * Beside(inverse, x);
        Term bias = PerChannel("ReduceSum", d), slope = PerChannel("ReduceSum", d * normal);
        Term count = x.Apply("Size").Cast(type) / scale.Apply("Size").Cast(type);
        Term gradient = (d - normal * Beside(slope / count, x) - Beside(bias / count, x)) * Beside(scale * inverse, x);
        if (scope.Given(1) is Term ofMean)
        {
            gradient += Beside(ofMean * (1 - momentum) / count, x);
        }
        if (scope.Given(2) is Term ofVariance)
        {
            gradient += centred * Beside(ofVariance * (2 * (1 - momentum)) / count, x);
        }
        return [gradient, slope, bias, scope.Given(1) is Term a ? a * momentum : null, scope.Given(2) is Term b ? b * momentum : null];
    }

    static long[] Normalized(GradientScope scope)
    {
        Shape shape = scope[0].Value.Shape;
        int axis = shape.Axis(scope.Attributes.Int("axis", -1));
        return [.. Enumerable.Range(axis, shape.Count - axis).Select(i => (long)i)];
    }

    // Further outputs are the mean and r.
    static IReadOnlyList<Value?> OfLayer(GradientScope scope)
    {
        (GraphBuilder graph, Term x, Term d, long[] axes) = (scope.Graph, scope[0], scope.Gradient, Normalized(scope));
        Term centred = x - x.Reduce("ReduceMean", axes);
        Term inverse = Inverse(scope, (centred * centred).Reduce("ReduceMean", axes)), normal = centred * inverse;
        Term scaled = d * scope[1];
        // The mean and r have each element's share of their own gradients.
        Term level = scaled.Reduce("ReduceMean", axes), slope = (scaled * normal).Reduce("ReduceMean", axes);
        Term gradient = (scaled - level - normal * slope) * inverse;
        Term share = 1 / (x.Apply("Size").Cast(x.Value.Type.Element) / inverse.Apply("Size").Cast(x.Value.Type.Element));
        gradient = scope.Given(1) is Term ofMean ? gradient + ofMean * share : gradient;
        gradient = scope.Given(2) is Term ofInverse ? gradient - normal * (ofInverse * inverse * inverse * share) : gradient;
        return
        [
            gradient, scope.Wants(1) ? graph.SumTo(d * normal, scope[1]) : null, scope.Wants(2) ? graph.SumTo(d, scope[2]) : null,
        ];
    }

    static IReadOnlyList<Value?> OfSquares(GradientScope scope)
    {
        (Term x, Term d, long[] axes) = (scope[0], scope.Gradient, Normalized(scope));
        Term inverse = Inverse(scope, (x * x).Reduce("ReduceMean", axes)), normal = x * inverse, scaled = d * scope[1];
        Term gradient = (scaled - normal * (scaled * normal).Reduce("ReduceMean", axes)) * inverse;
        return [gradient, scope.Wants(1) ? scope.Graph.SumTo(d * normal, scope[1]) : null];
    }

    // y = x / (bias + alpha / size * sum of the squares of the nearest channels)^beta; a sum is a mean over windows of channels.
    static IReadOnlyList<Value?> OfChannels(GradientScope scope) => scope.Through(graph =>
    {
        Term x = scope[0];
        long size = scope.Attributes.Int("size", 1), below = (size - 1) / 2;
        Term images = new(graph, graph.Reshape((x * x).Unsqueeze(1), 0, 0, 0, -1)); // [N,1,C,H*W]
        Term means = new(graph, graph.Apply("AveragePool", [images], new Attributes
        {
            ["kernel_shape"] = (long[])[size, 1],
            ["pads"] = (long[])[below, 0, size - 1 - below, 0],
            ["count_include_pad"] = 1,
        }));
        Term squares = new(graph, graph.ReshapeLike(means, x));
        Term divisor = squares * scope.Attributes.Float("alpha", 1e-4f) + scope.Attributes.Float("bias", 1);
        return [x / divisor.Apply("Pow", x.Number(scope.Attributes.Float("beta", .75f)))];
    });
}
