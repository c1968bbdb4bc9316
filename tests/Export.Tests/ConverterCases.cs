using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests;

/// <summary>One small module for each native entry that the exporter maps, most important families first.</summary>
static partial class ConverterCases
{
    /// <param name="Entry">The native entry that the module must be seen to call.</param>
    /// <param name="Make">Makes the module, in evaluation mode.</param>
    /// <param name="Sizes">Shape of the example without the batch axis.</param>
    /// <param name="Low">Lowest value of the example.</param>
    /// <param name="High">Highest value of the example.</param>
    /// <param name="Opset">Lowest opset that can express it.</param>
    /// <param name="Whole">Whether the example holds whole numbers.</param>
    /// <param name="KeepNaN">Whether it is exported with that option.</param>
    /// <param name="HasGradient">Whether autograd has one gradient of it, the same each time.</param>
    public sealed record Case(string Entry, Func<nn.Module> Make, long[] Sizes, double Low = -2, double High = 2, int Opset = 13,
        bool Whole = false,
        bool KeepNaN = true,
        bool HasGradient = true);

    static readonly long[] square = [2, 4, 4], vector = [6], steps = [7, 8], image = [4, 6, 6], sequence = [5, 8], volume = [2, 4, 4, 4];

    public static IReadOnlyList<Case> All { get; } =
    [
        .. Activations(), .. Arithmetic(), .. Comparisons(), .. Convolutions(), .. Linears(), .. Normalizations(), .. Pools(),
        .. Reductions(), .. Spreads(), .. Attention(), .. Fills(), .. Shapes(), .. Indexing(), .. Types(),
        .. Images(), .. Numbers(), .. Indices(), .. Opaque(), .. Edges(), .. Losses(), .. Selections(), .. Matrices(), .. Complexes(),
    ];

    static Case Of(string entry, Func<Tensor, Tensor> function, long[]? sizes = null, double low = -2, double high = 2) =>
        new(entry, () => new Fn(function), sizes ?? vector, low, high);

    static Case Module(string entry, Func<nn.Module<Tensor, Tensor>> make, long[] sizes) => new(entry, () => Trained(make()), sizes);

    static nn.Module Trained(nn.Module module)
    {
        // Statistics other than 0 and 1, as after training; and TorchSharp leaves the weights of GroupNorm uninitialised.
        foreach (Tensor tensor in module.state_dict().Values.Where(tensor => tensor.is_floating_point()))
        {
            using (no_grad())
            {
                tensor.copy_(rand(tensor.shape) + 0.5);
            }
        }
        module.eval();
        return module;
    }

    static IEnumerable<Case> Activations() =>
    [
        Of("THSTensor_relu", x => x.relu()), Of("THSTensor_relu6", x => x.mul(4).relu6()), Of("THSTensor_sigmoid", x => x.sigmoid()),
        Of("THSTensor_tanh", x => x.tanh()), Of("THSTensor_leaky_relu", x => F.leaky_relu(x, 0.2)), Of("THSTensor_elu", x => F.elu(x, 0.7)),
        Of("THSTensor_celu", x => F.celu(x, 0.7)), Of("THSTensor_selu", x => F.selu(x)), Of("THSTensor_silu", x => F.silu(x)),
        Of("THSTensor_softplus", x => F.softplus(x, 2, 30)), Of("THSTensor_log_sigmoid", x => F.logsigmoid(x)),
            Of("THSTensor_gelu", x => x.gelu()),
        Module("THSTensor_gelu_with_approximate", () => nn.GELU(), vector),
        Of("THSTensor_hardtanh_", x => F.hardtanh(x.exp(), -0.5, 0.75, inplace: true)),
            Of("THSTensor_threshold", x => F.threshold(x, 0.25, -3)),
        Module("THSTensor_prelu", () => nn.PReLU(4), image), Module("THSTensor_prelu", () => nn.PReLU(1), vector),
        Of("THSTensor_hardsigmoid", x => F.hardsigmoid(x.mul(3))), Of("THSTensor_hardswish", x => F.hardswish(x.mul(3))),
    ];

    static IEnumerable<Case> Arithmetic() =>
    [
        Of("THSTensor_add", x => x.add(x.sin(), 0.5)), Of("THSTensor_add_scalar", x => x + 1.5), Of("THSTensor_sub", x => x.sub(x.sin())),
        Of("THSTensor_sub_scalar", x => x - 1.5),
        Of("THSTensor_mul", x => x * x.sin()), Of("THSTensor_mul_scalar", x => x * 3), Of("THSTensor_div", x => x / (x.abs() + 1)),
            Of("THSTensor_div_scalar", x => x / 3),
        Of("THSTensor_true_divide", x => x.true_divide(x.abs() + 1)), Of("THSTensor_true_divide_scalar", x => x.true_divide(3)),
        Of("THSTensor_pow", x => x.abs().pow(x)), Of("THSTensor_pow_scalar", x => x.pow(3)),
        Of("THSTensor_max_elementwise", x => max(x, x.neg())), Of("THSTensor_min_elementwise", x => min(x, x.neg())),
        Of("THSTensor_clamp", x => x.clamp(-1, 0.5)), Of("THSTensor_clamp_min", x => x.clamp_min(0.25)),
            Of("THSTensor_clamp_max", x => x.clamp_max(0.25)),
        Of("THSTensor_neg", x => x.neg()), Of("THSTensor_abs", x => x.abs()), Of("THSTensor_sqrt", x => x.sqrt(), low: 0.1),
            Of("THSTensor_exp", x => x.exp()),
        Of("THSTensor_log", x => x.log(), low: 0.1), Of("THSTensor_reciprocal", x => x.reciprocal(), low: 0.5),
            Of("THSTensor_floor", x => x.floor()), Of("THSTensor_ceil", x => x.ceil()),
        Of("THSTensor_sign", x => x.sign()), Of("THSTensor_sin", x => x.sin()), Of("THSTensor_cos", x => x.cos()),
            Of("THSTensor_tan", x => x.tan(), low: -1, high: 1), Of("THSTensor_erf", x => x.erf()),
        Of("THSTensor_rsqrt", x => x.rsqrt(), low: 0.1), Of("THSTensor_round", x => x.round()), Of("THSTensor_log1p", x => x.abs().log1p()),
            Of("THSTensor_expm1", x => x.expm1()),
        Of("THSTensor_lerp", x => x.lerp(x.exp(), full_like(x, 0.3))), Of("THSTensor_addcmul", x => x.addcmul(x, x.sin(), 0.5)),
            Of("THSTensor_addcdiv", x => x.addcdiv(x, x.exp(), 0.5)),
        Of("THSTensor_log2", x => x.log2(), low: 0.1), Of("THSTensor_log10", x => x.log10(), low: 0.1),
    ];

    static IEnumerable<Case> Comparisons() =>
    [
        Of("THSTensor_eq", x => x.round().eq(x.sin().round())), Of("THSTensor_eq_scalar", x => x.round().eq(1)),
        Of("THSTensor_ne", x => x.round().ne(x.sin().round())), Of("THSTensor_ne_scalar", x => x.round().ne(1)),
        Of("THSTensor_lt", x => x.lt(x.sin())), Of("THSTensor_lt_scalar", x => x.lt(0.5)), Of("THSTensor_le", x => x.le(x.sin())),
            Of("THSTensor_le_scalar", x => x.to(int64).le(0.5)),
        Of("THSTensor_gt", x => x.gt(x.sin())), Of("THSTensor_gt_scalar", x => x.gt(0.5)), Of("THSTensor_ge", x => x.ge(x.sin())),
            Of("THSTensor_ge_scalar", x => x.ge(0.5)),
        Of("THSTensor_logical_not", x => x.gt(0).logical_not()), Of("THSTensor_logical_and", x => x.gt(0).logical_and(x.lt(1))),
            Of("THSTensor_logical_or", x => x.gt(1).logical_or(x.lt(0))),
        Of("THSTensor_where", x => where(x.gt(0), x, x.exp())), Of("THSTensor_masked_fill", x => x.masked_fill(x.gt(0), 7)),
    ];

    static IEnumerable<Case> Convolutions() =>
    [
        Module("THSTensor_conv1d", () => nn.Conv1d(5, 6, 3, stride: 2, padding: 1), sequence),
        Module("THSTensor_conv2d", () => nn.Conv2d(4, 6, 3, stride: 2, padding: 1, dilation: 1, groups: 2), image),
        Module("THSTensor_conv3d", () => nn.Conv3d(2, 3, 3, padding: 1, bias: false), volume),
    ];

    static IEnumerable<Case> Linears() =>
    [
        Module("THSNN_functional_linear", () => nn.Linear(6, 4), vector),
        Module("THSNN_functional_linear", () => nn.Linear(8, 3), sequence),
        Module("THSNN_functional_linear", () => nn.Linear(8, 3, hasBias: false), sequence),
        Of("THSTensor_matmul", x => x.matmul(x.transpose(1, 2)), sequence), Of("THSTensor_matmul", x => x.matmul(ones(8)), sequence),
        Of("THSTensor_mm", x => x.mm(arange(18).to(float32).reshape(6, 3))), Of("THSTensor_bmm", x => x.bmm(x.transpose(1, 2)), sequence),
        Of("THSTensor_addmm", x => addmm(ones(3), x, arange(18).to(float32).reshape(6, 3), 0.5f, 2f)),
        // TorchSharp 0.107.0 hands its arguments over in another order than PyTorch: the sum's first operand is the last one here.
        Of("THSTensor_baddbmm", x => baddbmm(x, x.transpose(1, 2), x.matmul(x.transpose(1, 2)), 0.5f, 2f), sequence),
    ];

    static IEnumerable<Case> Normalizations() =>
    [
        Module("THSNN_batch_norm", () => nn.BatchNorm2d(4), image),
        Module("THSNN_batch_norm", () => nn.BatchNorm1d(6, affine: false), vector),
        Module("THSNN_layer_norm", () => nn.LayerNorm([8]), sequence),
            Module("THSNN_layer_norm", () => nn.LayerNorm([5, 8], elementwise_affine: false), sequence),
        Module("THSNN_group_norm", () => nn.GroupNorm(2, 4), image),
        Module("THSNN_instance_norm", () => nn.InstanceNorm2d(4, affine: true), image),
            Of("THSNN_cosine_similarity", x => F.cosine_similarity(x, x.exp(), 2), sequence),
        Of("THSNN_normalize", x => F.normalize(x)), Of("THSNN_normalize", x => F.normalize(x * 0, p: 1, dim: 1, eps: 1e-3)),
        Of("THSSpecial_softmax", x => F.softmax(x, 1), sequence), Of("THSSpecial_log_softmax", x => F.log_softmax(x, -1), sequence),
        Module("THSNN_dropout", () => nn.Dropout(), vector), Module("THSNN_dropout2d", () => nn.Dropout2d(), image),
            Module("THSNN_dropout3d", () => nn.Dropout3d(), volume),
        Module("THSNN_alpha_dropout", () => nn.AlphaDropout(), vector),
            Module("THSNN_feature_alpha_dropout", () => nn.FeatureAlphaDropout(), image),
    ];

    static IEnumerable<Case> Pools() =>
    [
        Module("THSTensor_max_pool1d", () => nn.MaxPool1d(3, 2, 1), sequence), Module("THSTensor_max_pool2d", () => nn.MaxPool2d(2), image),
        Module("THSTensor_max_pool2d", () => nn.MaxPool2d(3, 2, 1, ceil_mode: true), image),
        Module("THSTensor_max_pool3d", () => nn.MaxPool3d(2), volume), Module("THSTensor_avg_pool1d", () => nn.AvgPool1d(2), sequence),
        Module("THSTensor_avg_pool2d", () => nn.AvgPool2d(3, 2, 1), image),
            Module("THSTensor_avg_pool2d", () => nn.AvgPool2d(3, 2, 1, count_include_pad: false), image),
            Module("THSTensor_avg_pool3d", () => nn.AvgPool3d([2, 2, 2]), volume),
        Module("THSTensor_adaptive_avg_pool1d", () => nn.AdaptiveAvgPool1d(1), sequence),
            Module("THSTensor_adaptive_avg_pool2d", () => nn.AdaptiveAvgPool2d([1, 1]), image),
        Module("THSTensor_adaptive_avg_pool2d", () => nn.AdaptiveAvgPool2d([3, 2]), image),
            Module("THSTensor_adaptive_avg_pool3d", () => nn.AdaptiveAvgPool3d([2, 2, 2]), volume),
    ];

    static IEnumerable<Case> Reductions() =>
    [
        Of("THSTensor_sum", x => x - x.sum() * 0.001), Of("THSTensor_mean", x => x - x.mean()),
        Of("THSTensor_sum_along_dimensions", x => x.sum([1, 2], keepdim: true), sequence),
        Of("THSTensor_mean_along_dimensions", x => x.mean([-1]), sequence),
        Of("THSTensor_amax", x => x.amax([1]), sequence), Of("THSTensor_amin", x => x.amin([1, 2], true), sequence),
            Of("THSTensor_max", x => x - x.max()), Of("THSTensor_min", x => x - x.min()),
        Of("THSTensor_max_along_dimension", x => x.max(1).values + x.max(1).indexes, sequence),
            Of("THSTensor_min_along_dimension", x => x.min(2, true).values + x.min(2, true).indexes, sequence),
        Of("THSTensor_logsumexp", x => x.logsumexp(1), sequence), Of("THSTensor_norm", x => x / x.norm()),
            Of("THSTensor_norm_along_dimension", x => x.norm(1, keepdim: true, p: 1), sequence),
        Of("THSTensor_argmax", x => x + x.argmax()), Of("THSTensor_argmin", x => x + x.argmin()),
            Of("THSTensor_argmax_along_dimension", x => x.argmax(1), sequence),
            Of("THSTensor_argmin_along_dimension", x => x.argmin(2, true), sequence),
    ];

    static IEnumerable<Case> Spreads() =>
    [
        Of("THSTensor_var", x => x - x.mean([0L]).var(unbiased: false)), Of("THSTensor_std", x => x - x.std(unbiased: false)),
        Of("THSTensor_var_along_dimensions", x => x.var([1, 2]), sequence),
            Of("THSTensor_std_along_dimensions", x => x.std([-1], unbiased: false, keepdim: true), sequence),
    ];

    static IEnumerable<Case> Attention() =>
    [
        Of("THSNN_scaled_dot_product_attention", x => F.scaled_dot_product_attention(x, x.sin(), x.cos()), sequence),
        Of("THSNN_scaled_dot_product_attention", x => F.scaled_dot_product_attention(x, x.sin(), x.cos(), is_casual: true), sequence),
        Of("THSNN_scaled_dot_product_attention", x => F.scaled_dot_product_attention(x, x.sin(), x.cos(), x.mean([2], keepdim: true)),
            sequence),
        Of("THSNN_scaled_dot_product_attention", x => F.scaled_dot_product_attention(x, x.sin(), x.cos(), ones(5, 5).tril().to(@bool)),
            sequence),
        .. MaskedAttention(),
    ];

    // Queries, keys and values of two heads [N,2,L,4] with masks of every shape that broadcasts, known before or at run time.
    static IEnumerable<Case> MaskedAttention() => ((Func<Tensor, Tensor>[])
    [
        x => x.narrow(3, 0, 1).gt(0).transpose(2, 3), x => x.sum([3L], keepdim: true).gt(0), x => x.narrow(1, 0, 1).matmul(x.mT).gt(0),
        x => ones(5, 5, dtype: @bool).tril(), x => ones(5, 5, dtype: @bool).tril(-1), x => ones(2, 1, 5, dtype: @bool).triu(),
        x => ones(1, 5, dtype: @bool), x => x.matmul(x.mT), x => x.narrow(1, 0, 1).narrow(3, 0, 1).transpose(2, 3),
        x => arange(25).to(float32).reshape(5, 5) / 10,
        x => zeros(5, 5).masked_fill(ones(5, 5, dtype: @bool).tril(), double.NegativeInfinity),
        x => zeros_like(x.narrow(3, 0, 1)).masked_fill(x.narrow(3, 0, 1).gt(0), double.NegativeInfinity),
        x => zeros(2, 1, 5).masked_fill(ones(2, 1, 5, dtype: @bool).triu(1), double.NegativeInfinity),
    ]).Select(mask => Of("THSNN_scaled_dot_product_attention", x =>
        F.scaled_dot_product_attention(x, x.sin(), x.cos().narrow(3, 0, 3), mask(x)), [2, 5, 4]));

    static IEnumerable<Case> Fills() =>
    [
        Of("THSTensor_zeros_like", x => cat([x, zeros_like(x)], 1)), Of("THSTensor_ones_like", x => cat([x, ones_like(x)], 1)),
        Of("THSTensor_full_like", x => cat([x, full_like(x, 2.5)], 1)),
        Of("THSNN_one_hot", x => F.one_hot(x.argmax(1), 6)),
    ];

    static IEnumerable<Case> Shapes() =>
    [
        Of("THSTensor_view", x => x.view(x.shape[0], -1), image), Of("THSTensor_view", x => x.view(-1, 6), image),
        Of("THSTensor_reshape", x => x.reshape(-1, 3, 2)),
        Of("THSTensor_unflatten", x => x.unflatten(1, [2, 3])), Of("THSTensor_squeeze_no_dim", x => x.sum([0], keepdim: true).squeeze()),
            Of("THSTensor_flatten", x => x.flatten(1), image), Of("THSTensor_flatten", x => x.flatten(2), image),
        Of("THSTensor_flatten", x => x.flatten(), image), Of("THSTensor_squeeze", x => x.unsqueeze(1).squeeze(1).squeeze(1)),
            Of("THSTensor_unsqueeze", x => x.unsqueeze(-1)),
        Of("THSTensor_permute", x => x.permute(0, 2, -1, 1), image), Of("THSTensor_transpose", x => x.transpose(1, -1), sequence),
            Of("THSTensor_t", x => x.t()),
        Of("THSNN_pixel_shuffle", x => F.pixel_shuffle(x, 2), image), Of("THSNN_pixel_unshuffle", x => F.pixel_unshuffle(x, 3), image),
        Of("THSTensor_expand", x => x.unsqueeze(1).expand(-1, 3, -1)),
    ];

    static IEnumerable<Case> Indexing() =>
    [
        Of("THSTensor_cat", x => cat([x, x.exp(), zeros(1, 6)], 0).sum([0])), Of("THSTensor_cat", x => cat([x, x.exp()], -1), sequence),
        Of("THSTensor_stack", x => stack([x, x.exp()], -1)),
        Of("THSTensor_select", x => x.select(1, 2), sequence), Of("THSTensor_narrow", x => x.narrow(2, 1, 4), sequence),
            Of("THSTensor_slice", x => x.slice(2, 1, 7, 2), sequence),
        Of("THSTensor_chunk", x => x.chunk(3, 2)[1], sequence), Of("THSTensor_split_with_size", x => x.split(3, 2)[2], sequence),
            Of("THSTensor_split_with_sizes", x => x.split([3, 5], 2)[1], sequence),
        Of("THSTensor_unbind", x => x.unbind(1)[2] + x.unbind(1)[0], sequence), Of("THSTensor_flip", x => x.flip(1, -1), sequence),
        Of("THSTensor_index", x => x[TensorIndex.Ellipsis, 2], sequence),
            Of("THSTensor_index", x => x[TensorIndex.Colon, 1, TensorIndex.None, TensorIndex.Slice(1, -1, 2)], sequence),
        Of("THSTensor_index", x => x[TensorIndex.Colon, TensorIndex.Tensor(tensor(new long[] { 4, 0 })), TensorIndex.Slice(stop: 3)],
            sequence), Of("THSTensor_index", x => x[TensorIndex.None, TensorIndex.Ellipsis], sequence),
        Of("THSTensor_index", x => arange(10).to(float32)[x.abs().mul(4).to(int64)]),
        Of("THSTensor_index_select", x => x.index_select(2, tensor(new long[] { 3, 0, 3 })), sequence),
    ];

    static IEnumerable<Case> Types() =>
    [
        Of("THSTensor_clone", x => x.clone()), Of("THSTensor_contiguous", x => x.transpose(1, 2).contiguous(), sequence),
        Of("THSTensor_detach", x => x.detach()), Of("THSTensor_alias", x => x.alias()),
        Of("THSTensor_cpu", x => x.exp().cpu()), Of("THSTensor_to_device", x => x.to(CPU, copy: true)),
            Of("THSTensor_to_type", x => x.to(float64)), Of("THSTensor_to_type_and_device", x => x.to(int64, CPU)),
    ];
}
