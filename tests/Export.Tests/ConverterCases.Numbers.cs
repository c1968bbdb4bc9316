using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests;

static partial class ConverterCases
{
    static IEnumerable<Case> Numbers() =>
        [.. Functions(), .. MoreActivations(), .. MoreReductions(), .. MoreLinears(), .. MoreFills(), .. Norms(), .. Combinations()];

    static IEnumerable<Case> Combinations() =>
    [
        Of("THSTensor_broadcast_tensors", x => broadcast_tensors(x, x.sum([1L], keepdim: true))[1]),
        Of("THSTensor_meshgrid", x => { Tensor[] grid = meshgrid([x.sum([0L]), x.sum([1L])], indexing: "ij"); return grid[0] + grid[1]; }),
        Of("THSTensor_meshgrid", x => meshgrid([arange(x.shape[0]), arange(3)], indexing: "xy")[0].t() + x.narrow(1, 0, 3)),
            Of("THSTensor_diff", x => x.diff(1, 1)),
        Of("THSLinalg_cross", x => linalg.cross(x.narrow(1, 0, 3), x.narrow(1, 3, 3), 1)),
        Of("THSTensor_inner", x => x.inner(arange(18).to(float32).reshape(3, 6))),
            Of("THSLinalg_tensordot", x => tensordot(x, arange(40).to(float32).reshape(8, 5), [2L, 1L], [0L, 1L]), sequence),
        Of("THSTensor_bucketize", x => bucketize(x, tensor([-1f, 0f, 1f]))),
            Of("THSTensor_bucketize", x => bucketize(x.round(), tensor([-1f, 0f, 1f]), right: true)),
        Of("THSTensor_bitwise_and", x => x.gt(0).bitwise_and(x.lt(1))), Of("THSTensor_bitwise_or", x => x.gt(1).bitwise_or(x.lt(0))),
            Of("THSTensor_bitwise_xor", x => x.gt(0).bitwise_xor(x.gt(1))), Of("THSTensor_bitwise_not", x => x.gt(0).bitwise_not()),
        Of("THSTensor_var_mean", x => { (Tensor spread, Tensor mean) = x.mean([0L]).var_mean(); return x - spread - mean; }),
            Of("THSTensor_std_mean", x => { (Tensor spread, Tensor mean) = x.mean([0L]).std_mean(); return x - spread - mean; }),
        Of("THSTensor_var_mean_along_dimensions", x => { (Tensor spread, Tensor mean) = x.var_mean([1L]); return spread - mean; },
            sequence),
            Of("THSTensor_std_mean_along_dimensions", x =>
            { (Tensor spread, Tensor mean) = x.std_mean([1L, 2L], keepdim: true); return spread - mean; }, sequence),
        Of("THSTensor_empty", x => { Tensor y = empty(x.shape[0], 2, 6); y.select(1, 0).copy_(x); y.select(1, 1).copy_(-x); return y; }),
            Of("THSTensor_empty_like", x => { Tensor y = empty_like(x); y.copy_(x); return y; }),
    ];

    static IEnumerable<Case> Functions() =>
    [
        Of("THSTensor_acos", x => x.acos(), low: -0.9, high: 0.9), Of("THSTensor_asin", x => x.asin(), low: -0.9, high: 0.9),
        Of("THSTensor_atan", x => x.atan()), Of("THSTensor_cosh", x => x.cosh()), Of("THSTensor_sinh", x => x.sinh()),
        Of("THSTensor_arccosh", x => x.arccosh(), low: 1.1, high: 3), Of("THSTensor_arcsinh", x => x.arcsinh()),
            Of("THSTensor_arctanh", x => x.arctanh(), low: -0.9, high: 0.9),
        Of("THSTensor_exp2", x => x.exp2()), Of("THSSpecial_exp2", x => special.exp2(x)), Of("THSTensor_trunc", x => x.trunc()),
            Of("THSTensor_frac", x => x.frac()), Of("THSTensor_erfc", x => x.erfc()), Of("THSSpecial_erfc", x => special.erfc(x)),
        Of("THSSpecial_erf", x => special.erf(x)), Of("THSSpecial_expm1", x => special.expm1(x)),
            Of("THSSpecial_expit", x => special.expit(x)), Of("THSTensor_sinc", x => x.relu().sinc()),
            Of("THSSpecial_sinc", x => special.sinc(x)),
        Of("THSTensor_sgn", x => x.sgn()), Of("THSSpecial_ndtr", x => special.ndtr(x)), Of("THSTensor_positive", x => x.positive()),
            Of("THSTensor_deg2rad", x => x.deg2rad()), Of("THSTensor_rad2deg", x => x.rad2deg()),
        Of("THSTensor_logit", x => x.logit(), low: 0.2, high: 0.8),
        Of("THSTensor_fmod", x => x.fmod(x.sin() + 2)), Of("THSTensor_fmod_scalar", x => x.fmod(0.7)),
            Of("THSTensor_remainder", x => x.remainder(x.sin() + 2)),
            Of("THSTensor_remainder_scalar", x => x.mul(5).to(int64).remainder(3)),
        Of("THSTensor_floor_divide", x => x.floor_divide(x.sin() + 2)),
            Of("THSTensor_floor_divide_scalar", x => x.mul(5).to(int64).floor_divide(2)),
            Of("THSTensor_atan2", x => x.atan2(x.sin().round())),
        Of("THSTensor_hypot", x => x.hypot(x.sin())), Of("THSTensor_logaddexp", x => x.logaddexp(x.sin())),
            Of("THSTensor_logaddexp2", x => x.logaddexp2(x.sin())), Of("THSTensor_xlogy", x => x.relu().xlogy(x.abs())),
            Of("THSTensor_xlogy_scalar", x => x.relu().xlogy(3)),
        Of("THSTensor_fmax", x => x.fmax(x.neg())), Of("THSTensor_fmin", x => x.fmin(x.neg())),
            Of("THSTensor_heaviside", x => x.round().heaviside(x.sin())), Of("THSTensor_copysign", x => x.copysign(x.sin().neg())),
        Of("THSTensor_float_power", x => x.abs().float_power(x)), Of("THSTensor_clamp_tensor", x => x.clamp(x.sin() - 0.5, x.sin() + 0.5)),
        Of("THSTensor_isnan", x => x.log().isnan()), Of("THSTensor_isinf", x => x.relu().log().isinf()),
            Of("THSTensor_isposinf", x => x.relu().reciprocal().isposinf()), Of("THSTensor_isneginf", x => x.relu().log().isneginf()),
            Of("THSTensor_isfinite", x => x.relu().log().isfinite()),
        Of("THSTensor_signbit", x => x.signbit()), Of("THSTensor_isclose", x => x.isclose(x.sin(), 0.1, 0.1)),
            Of("THSTensor_logical_xor", x => x.gt(0).logical_xor(x.gt(1))),
        Of("THSTensor_div_scalar", x => x / x.shape[0]), Of("THSTensor_add_scalar", x => x + x.shape[0] * x.shape[1]), // sizes read in C#
    ];

    static IEnumerable<Case> MoreActivations() =>
    [
        Of("THSTensor_hardshrink", x => F.hardshrink(x, 0.7)), Of("THSTensor_softshrink", x => F.softshrink(x, 0.7)),
        Of("THSTensor_rrelu", x => F.rrelu(x, 0.1, 0.3)), Of("THSTensor_glu", x => F.glu(x, 1), image),
        Of("THSTensor_tanh", x => F.tanhshrink(x)), Of("THSTensor_div", x => F.softsign(x)), Of("THSTensor_softplus", x => F.mish(x)),
            Of("THSSpecial_softmax", x => F.softmin(x, 1)), Module("THSSpecial_softmax", () => nn.Softmax2d(), image),
        Of("THSTensor_softplus", x => F.mish(x, inplace: true)), Of("THSTensor_silu_", x => F.silu(x.exp(), inplace: true)),
    ];

    static IEnumerable<Case> MoreReductions() =>
    [
        Of("THSTensor_norm_along_dimension", x => x.norm(1, p: float.PositiveInfinity), sequence),
        Of("THSTensor_norm_along_dimension", x => x.norm(1, p: 3), sequence),
        Of("THSTensor_norm_along_dimension", x => x.norm(1, p: 0), sequence),
        Of("THSTensor_norm_along_dimension", x => x.norm(1, p: float.NegativeInfinity), sequence),
        Of("THSLinalg_vector_norm", x => linalg.vector_norm(x, 2, [1, 2]), sequence),
            Of("THSLinalg_norm_float", x => linalg.norm(x, 1.0, [1]), sequence),
            Of("THSLinalg_norm_int", x => linalg.norm(x, 2, [-1], true), sequence),
            Of("THSLinalg_norm_opt", x => linalg.norm(x, [1], true), sequence),
        Of("THSNN_pairwise_distance", x => F.pairwise_distance(x, x.sin())), Of("THSTensor_dist", x => x - x.dist(x.sin(), 2)),
            Of("THSTensor_cdist", x => cdist(x, x.sin().narrow(1, 0, 3)), sequence),
            Of("THSTensor_cdist", x => cdist(x, x.sin().narrow(1, 0, 3), 1), sequence),
        Of("THSTensor_prod", x => x * x.abs().add(0.5).pow(0.1).prod()), Of("THSTensor_prod_along_dimensions", x => x.prod(1, true)),
        Of("THSTensor_any", x => x.gt(1.9).any().logical_or(x.gt(0))), Of("THSTensor_all", x => x.gt(1.9).all().logical_or(x.gt(0))),
            Of("THSTensor_any_along_dimension", x => x.gt(1).any(1)), Of("THSTensor_all_along_dimension", x => x.gt(-1).all(1, true)),
        Of("THSTensor_count_nonzero", x => x.relu().count_nonzero([1])), Of("THSTensor_nansum", x => x + x.log().nansum()),
            Of("THSTensor_aminmax", x => x.aminmax(1).min + x.aminmax(1).max),
        Of("THSTensor_var", x => x - x.var(unbiased: true), vector) with { Make = () => new Fn(x => x.mean([0L]).var() + x) },
    ];

    static IEnumerable<Case> MoreLinears() =>
    [
        Of("THSTensor_mv", x => x.mv(arange(6).to(float32))), Of("THSTensor_dot", x => x + x.sum([0L]).dot(arange(6).to(float32))),
        Of("THSTensor_vdot", x => x + x.sum([0L]).vdot(arange(6).to(float32))),
        Of("THSTensor_outer", x => x.sum([1L]).outer(arange(4).to(float32))),
        Of("THSLinalg_multi_dot", x => linalg.multi_dot([x, ones(6, 3), ones(3, 2)])),
        Of("THSNN_functional_bilinear", x => F.bilinear(x, x.sin(), arange(72).to(float32).reshape(2, 6, 6) / 50, ones(2))),
            Of("THSNN_functional_bilinear", x => F.bilinear(x, x.sin(), arange(128).to(float32).reshape(2, 8, 8) / 50), sequence),
        Of("THSTensor_einsum", x => einsum("nlc,nmc->nlm", x, x.sin()), sequence),
            Of("THSTensor_einsum", x => einsum("...ij,kj->...ik", x, ones(3, 8)), sequence),
            Of("THSTensor_einsum", x => einsum("nii->ni", x.matmul(x.transpose(1, 2))), sequence),
        Of("THSTensor_einsum", x => einsum("nchw,c->nhw", x, arange(4).to(float32)), image),
        Of("THSTensor_addbmm", x => addbmm(ones(5, 5), x, x.transpose(1, 2), 0.5f, 2f) + x.sum([2], keepdim: true), sequence),
            Of("THSTensor_addmv", x => addmv(ones(1), x, arange(6).to(float32), 0.5f, 2f)),
            Of("THSTensor_addr", x => addr(ones(1), x.sum([1L]), arange(4).to(float32), 0.5f, 2f)),
    ];

    static IEnumerable<Case> MoreFills() =>
    [
        Of("THSTensor_zeros", x => cat([x, zeros(x.shape[0], 2)], 1)), Of("THSTensor_ones", x => cat([x, ones(x.shape[0], 2)], 1)),
        Of("THSTensor_full", x => cat([x, full([x.shape[0], 2], 3.5)], 1)),
        Of("THSTensor_eye", x => x.matmul(x.t()) + eye(x.shape[0])),
            Of("THSTensor_arange", x => x + arange(1, x.shape[0] * 2 + 1, 2).to(float32).unsqueeze(1)),
            Of("THSTensor_arange", x => x + arange(x.shape[0], dtype: float32).unsqueeze(1)),
        Of("THSTensor_linspace", x => x + linspace(-1, 1, x.shape[0]).unsqueeze(1)), Of("THSTensor_tril", x => x.tril(1), sequence),
            Of("THSTensor_triu", x => x.triu(-1), sequence), Of("THSTensor_tril", x => x.matmul(x.t()).tril()),
        Of("THSTensor_tril", x => x.matmul(x.t()).masked_fill(ones(x.shape[0], x.shape[0], dtype: @bool).tril().logical_not(), -5)),
            Of("THSTensor_triu", x => x.exp().triu_(1), sequence),
    ];

    static IEnumerable<Case> Norms() =>
    [
        Module("THSNN_local_response_norm", () => nn.LocalResponseNorm(3, 0.1, 0.7, 2), image),
        Module("THSNN_local_response_norm", () => nn.LocalResponseNorm(2, 0.1), image),
        Module("THSNN_instance_norm", () => nn.InstanceNorm1d(5, affine: true, track_running_stats: true), sequence),
        Module("THSNN_instance_norm", () => nn.InstanceNorm3d(2), volume), Module("THSNN_batch_norm", () => nn.BatchNorm3d(2), volume),
            Module("THSNN_group_norm", () => nn.GroupNorm(5, 5), sequence), Of("THSNN_normalize", x => F.normalize(x, p: 3, dim: 1)),
    ];
}
