using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests.Random;

/// <summary>The operators that random modules are made of. What TorchSharp refuses for a tensor is not taken.</summary>
static partial class RandomOperators
{
    /// <param name="Name">Its name in the failure text.</param>
    /// <param name="Apply">Applies it to a tensor, with others of the module at hand.</param>
    /// <param name="KeepsExact">Whether it rounds nothing.</param>
    /// <param name="NeedsExact">Whether it jumps, so that a rounding before it would make any difference.</param>
    public sealed record Operator(string Name, Func<Tensor, IReadOnlyList<Tensor>, Draw, Tensor> Apply, bool KeepsExact, bool NeedsExact);

    /// <summary>Choices of one step, drawn once and then the same at every call.</summary>
    public sealed class Draw(System.Random random, IReadOnlyList<RandomModule.Part> pool, int at)
    {
        readonly List<int> drawn = [];
        readonly RandomModule.Part[] taken = [.. pool];
        int other = -1;

        public IReadOnlyList<RandomModule.Part> Pool => taken;

        public int At => at;

        /// <summary>Whether all tensors that the step takes are exact.</summary>
        public bool AllExact => taken[at].IsExact && (other < 0 || taken[other].IsExact);

        /// <summary>The choice number <paramref name="index"/> of this step, in [low..high).</summary>
        public int Next(int index, int low, int high)
        {
            while (drawn.Count <= index)
            {
                drawn.Add(random.Next(1 << 20));
            }
            return high <= low ? low : low + drawn[index] % (high - low);
        }

        public int AxisOf(Tensor x, int index = 0) => Next(index, 0, (int)x.dim());

        /// <summary>Another tensor of the module.</summary>
        public Tensor Other(IReadOnlyList<Tensor> values)
        {
            other = Next(9, 0, taken.Length);
            return values[other];
        }

        public override string ToString() => $"t{at}{(other >= 0 ? $", t{other}" : "")}: {string.Join(" ", drawn)}";
    }

    /// <summary>Operators that do something else at sizes other than the traced ones.</summary>
    public static IReadOnlyList<string> Traps { get; } = ["squeeze", "min size", "times of sizes", "branch", "quotient", "half",
        "diagonal", "slice", "drop first"];

    public static IReadOnlyList<Operator> All { get; } = [.. Exact(), .. Jumps(), .. Smooth(), .. Pairs(), .. Reductions(), .. Shapes(),
        .. Layers(), .. Sizes()];

    static Operator E(string name, Func<Tensor, Draw, Tensor> apply) => new(name, (x, _, draw) => apply(x, draw), true, false);

    static Operator J(string name, Func<Tensor, Draw, Tensor> apply) => new(name, (x, _, draw) => apply(x, draw), true, true);

    static Operator S(string name, Func<Tensor, Draw, Tensor> apply) => new(name, (x, _, draw) => apply(x, draw), false, false);

    static Operator P(string name, Func<Tensor, Tensor, Tensor> apply, bool exact = false, bool jumps = false) =>
        new(name, (x, all, draw) => apply(x, draw.Other(all)), exact, jumps);

    static IEnumerable<Operator> Exact() =>
    [
        E("relu", (x, _) => x.relu()), E("neg", (x, _) => x.neg()), E("abs", (x, _) => x.abs()),
            E("clamp", (x, d) => x.clamp(d.Next(0, -3, 1), d.Next(1, 1, 4))), E("square", (x, _) => x.square()),
        E("clone", (x, _) => x.clone()), E("positive", (x, _) => x.positive()), E("add scalar", (x, d) => x + d.Next(0, -3, 4)),
            E("mul scalar", (x, d) => x * d.Next(0, -3, 4)), E("sub scalar", (x, d) => x - d.Next(0, -3, 4)),
        E("add float", (x, d) => x + d.Next(0, -3, 4) * 0.25), E("mul float", (x, _) => x * 0.5), E("to float", (x, _) => x.to(float32)),
            J("to int64", (x, _) => x.to(int64)), J("to int32", (x, _) => x.to(int32)), J("to bool", (x, _) => x.to(@bool)),
        E("to float64", (x, _) => x.to(float64)), E("relu6", (x, _) => x.relu6()), E("leaky", (x, _) => F.leaky_relu(x, 0.25)),
            E("hardtanh", (x, _) => F.hardtanh(x.clone(), -1, 1, inplace: true)), J("logical_not", (x, _) => x.logical_not()),
        E("bitwise_not", (x, _) => x.bitwise_not()), E("isnan", (x, _) => x.isnan()), E("isfinite", (x, _) => x.isfinite()),
            J("signbit", (x, _) => x.signbit()), E("clamp_min", (x, d) => x.clamp_min(d.Next(0, -2, 2))),
        E("nan_to_num", (x, _) => x.nan_to_num()), J("div trunc", (x, d) => x.div(d.Next(0, 1, 4), RoundingMode.trunc)),
            J("where scalar", (x, _) => where(x > 0, x, x * 2)), J("masked_fill", (x, _) => x.masked_fill(x > 1, 2)),
    ];

    static IEnumerable<Operator> Jumps() =>
    [
        J("floor", (x, _) => x.floor()), J("ceil", (x, _) => x.ceil()), J("round", (x, _) => x.round()), J("trunc", (x, _) => x.trunc()),
            J("frac", (x, _) => x.frac()), J("sign", (x, _) => x.sign()), J("sgn", (x, _) => x.sgn()),
        J("gt", (x, d) => x.gt(d.Next(0, -2, 3))), J("le", (x, d) => x.le(d.Next(0, -2, 3) * 0.5)),
            J("eq", (x, d) => x.eq(d.Next(0, -2, 3))), J("ne", (x, d) => x.ne(d.Next(0, -2, 3))),
            J("hardshrink", (x, _) => F.hardshrink(x, 0.5)),
        J("remainder", (x, d) => x.remainder(d.Next(0, 1, 4))), J("remainder neg", (x, d) => x.remainder(-d.Next(0, 1, 4))),
            J("fmod", (x, d) => x.fmod(d.Next(0, 1, 4))), J("floor_divide", (x, d) => x.floor_divide(d.Next(0, 1, 4))),
            J("div floor", (x, d) => x.div(d.Next(0, 1, 4), RoundingMode.floor)),
        J("argmax", (x, d) => x.argmax(d.AxisOf(x))), J("argmin", (x, d) => x.argmin(d.AxisOf(x), true)),
            J("argmax all", (x, _) => x.argmax()), J("sort", (x, d) => x.sort(d.AxisOf(x), d.Next(1, 0, 2) == 1).Values),
        J("topk", (x, d) => x.topk(1, d.AxisOf(x)).values), J("median", (x, _) => x.median()),
            J("kthvalue", (x, d) => x.kthvalue(1, d.AxisOf(x)).values), J("cummax", (x, d) => x.cummax(d.AxisOf(x)).values),
            J("msort", (x, _) => x.msort()),
        J("max index", (x, d) => x.max(d.AxisOf(x)).values), J("any", (x, d) => x.any(d.AxisOf(x))), J("all", (x, _) => x.all()),
            J("count_nonzero", (x, d) => x.count_nonzero([d.AxisOf(x)])), J("bucketize", (x, _) => bucketize(x, tensor([-1f, 0f, 1f]))),
        J("threshold", (x, _) => F.threshold(x, 0.5, -1)), J("one_hot", (x, _) => F.one_hot(x.to(int64).clamp(0, 3), 4)),
            J("heaviside", (x, _) => x.heaviside(ones_like(x))), J("logical_and", (x, _) => x.logical_and(x.gt(1))),
    ];

    static IEnumerable<Operator> Smooth() =>
    [
        S("exp", (x, _) => (x * 0.5).exp()), S("sin", (x, _) => x.sin()), S("cos", (x, _) => x.cos()), S("tanh", (x, _) => x.tanh()),
            S("sigmoid", (x, _) => x.sigmoid()), S("sqrt", (x, _) => x.abs().add(0.25).sqrt()), S("log", (x, _) => x.abs().add(1).log()),
        S("erf", (x, _) => x.erf()), S("gelu", (x, _) => F.gelu(x)),
            S("gelu tanh", (x, _) => nn.GELU(TorchSharp.Modules.GELU.Approximate.tanh).call(x)), S("silu", (x, _) => F.silu(x)),
            S("softplus", (x, _) => F.softplus(x)), S("elu", (x, _) => F.elu(x, 0.5)), S("celu", (x, _) => F.celu(x, 0.5)),
            S("selu", (x, _) => F.selu(x)),
        S("mish", (x, _) => F.mish(x)), S("hardswish", (x, _) => F.hardswish(x)), S("hardsigmoid", (x, _) => F.hardsigmoid(x)),
            S("logsigmoid", (x, _) => F.logsigmoid(x)), S("softsign", (x, _) => F.softsign(x)), S("tanhshrink", (x, _) => F.tanhshrink(x)),
            S("softshrink", (x, _) => F.softshrink(x, 0.5)),
        S("log1p", (x, _) => x.abs().log1p()), S("expm1", (x, _) => (x * 0.25).expm1()), S("exp2", (x, _) => x.exp2()),
            S("rsqrt", (x, _) => x.abs().add(1).rsqrt()), S("reciprocal", (x, _) => x.abs().add(1).reciprocal()),
            S("atan", (x, _) => x.atan()), S("asinh", (x, _) => x.arcsinh()),
        S("sinc", (x, _) => x.sinc()), S("erfc", (x, _) => x.erfc()), S("div scalar", (x, d) => x / d.Next(0, 1, 5)),
            S("pow 3", (x, _) => (x * 0.5).pow(3)), S("pow half", (x, _) => x.abs().add(0.5).pow(0.5)),
            S("to half", (x, _) => (x * 0.25).to(float16).to(float32)),
        S("cube", (x, _) => x.pow(3)), S("log2", (x, _) => x.abs().add(1).log2()),
            S("logit", (x, _) => (x.clamp(-8, 8) * 0.25).sigmoid().logit()),
            S("softmax", (x, d) => F.softmax(x, d.AxisOf(x))), S("log_softmax", (x, d) => F.log_softmax(x, d.AxisOf(x))),
            S("softmin", (x, d) => F.softmin(x, d.AxisOf(x))),
    ];

    static IEnumerable<Operator> Pairs() =>
    [
        P("add", (x, y) => x + y, exact: true), P("sub", (x, y) => x - y, exact: true), P("mul", (x, y) => x * y, exact: true),
            P("div", (x, y) => x / (y.abs() + 1)), P("maximum", (x, y) => maximum(x, y), exact: true),
            P("minimum", (x, y) => minimum(x, y), exact: true),
        P("max", (x, y) => max(x, y), exact: true), P("eq", (x, y) => x.eq(y), true, true), P("lt", (x, y) => x.lt(y), true, true),
            P("ge", (x, y) => x.ge(y), true, true), P("logical_or", (x, y) => x.logical_or(y), true, true),
            P("logical_xor", (x, y) => x.logical_xor(y), true, true),
        P("bitwise_and", (x, y) => x.bitwise_and(y), exact: true), P("bitwise_xor", (x, y) => x.bitwise_xor(y), exact: true),
            P("where", (x, y) => where(x.gt(0), x, y), true, true), P("atan2", (x, y) => x.atan2(y + 3)), P("hypot", (x, y) => x.hypot(y)),
            P("copysign", (x, y) => x.copysign(y + 0.125)), P("fmax", (x, y) => x.fmax(y), exact: true),
        P("remainder", (x, y) => x.remainder(y.abs() + 1), true, true), P("fmod", (x, y) => x.fmod(y.abs() + 1), true, true),
            P("floor_divide", (x, y) => x.floor_divide(y.abs() + 1), true, true), P("pow", (x, y) => (x.abs() + 1).pow(y * 0.25)),
            P("pow int", (x, y) => x.pow(y.abs().clamp(0, 2)), exact: true, jumps: true),
        P("logaddexp", (x, y) => x.logaddexp(y)), P("xlogy", (x, y) => x.xlogy(y.abs() + 1)), P("matmul", (x, y) => x.matmul(y)),
            P("matmul t", (x, y) => x.matmul(y.mT)), P("cat", (x, y) => cat([x, y], -1), exact: true),
            P("cat 0", (x, y) => cat([x, y], 0), exact: true), P("stack", (x, y) => stack([x, y], 1), exact: true),
        P("lerp", (x, y) => x.lerp(y, full_like(x, 0.25))), P("addcmul", (x, y) => x.addcmul(y, y, 0.5)),
            P("isclose", (x, y) => x.isclose(y), true, true), P("outer", (x, y) => x.outer(y)),
            P("expand_as", (x, y) => x.expand_as(y), exact: true), P("masked_fill by", (x, y) => x.masked_fill(y.gt(0), 1), true, true),
        P("add alpha", (x, y) => x.add(y, 2), exact: true), P("iadd", (x, y) => x.clone().add_(y), exact: true),
            P("imul", (x, y) => x.clone().mul_(y), exact: true), P("cosine", (x, y) => F.cosine_similarity(x + 0.5, y + 0.5)),
            P("cdist", (x, y) => cdist(x, y + 0.25)),
    ];
}
