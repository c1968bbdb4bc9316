using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests;

static partial class ConverterCases
{
    static IEnumerable<Case> Losses() => [.. PairLosses(), .. ClassLosses(), .. LabelLosses()];

    // Targets of 1 and -1.
    static Tensor Signs(Tensor x) => x.gt(0).to(float32) * 2 - 1;

    static IEnumerable<Case> PairLosses() =>
    [
        Of("THSNN_smooth_l1_loss", x => F.smooth_l1_loss(x, x.sin(), beta: 0) + x),
        Of("THSNN_binary_cross_entropy", x => F.binary_cross_entropy(x.sigmoid(), x.cos().abs()) + x),
        Of("THSNN_binary_cross_entropy", x => F.binary_cross_entropy(x.gt(0).to(float32), x.lt(1).to(float32), x.exp(), Reduction.None)),
        Of("THSNN_binary_cross_entropy_with_logits", x =>
            F.binary_cross_entropy_with_logits(x * 30, x.cos().abs(), reduction: Reduction.Sum) + x),
        Of("THSNN_binary_cross_entropy_with_logits", x =>
            F.binary_cross_entropy_with_logits(x, x.gt(1).to(float32), x.exp(), pos_weights: ones(6) * 3) + x),
        Of("THSNN_kl_div_loss", x => F.kl_div(x.log_softmax(1), x.sin().softmax(1)) + x),
        Of("THSNN_kl_div_loss", x => F.kl_div(x.log_softmax(1), x.sin().relu(), false, Reduction.None)),
        Of("THSNN_kl_div_loss", x => F.kl_div(x.log_softmax(1), x.sin().log_softmax(1), true, Reduction.Sum) + x),
        Of("THSNN_poisson_loss", x => F.poisson_nll_loss(x, x.abs().mul(2).round()) + x),
        Of("THSNN_poisson_loss", x =>
            F.poisson_nll_loss(x.abs(), x.abs().mul(2).round(), log_input: false, full: true, reduction: Reduction.None)),
        Of("THSNN_soft_margin_loss", x => F.soft_margin_loss(x.sin(), Signs(x)) + x),
        Of("THSNN_hinge_embedding_loss", x => F.hinge_embedding_loss(x.sin(), Signs(x), 0.5) + x),
        Of("THSNN_margin_ranking_loss", x => F.margin_ranking_loss(x.sin(), x.cos(), Signs(x), 0.25) + x),
        Of("THSNN_cosine_embedding_loss", x => F.cosine_embedding_loss(x.sin(), x.cos(), Signs(x.sum([1L])), 0.1) + x),
        Of("THSNN_cosine_embedding_loss", x => F.cosine_embedding_loss(x.sin(), x.exp(), Signs(x.sum([1L])), 0.1, Reduction.None)),
        Of("THSNN_triplet_margin_loss", x => F.triplet_margin_loss(x, x.sin(), x.cos()) + x),
        Of("THSNN_triplet_margin_loss", x => F.triplet_margin_loss(x, x.sin(), x.cos(), 0.5, 1, swap: true, reduction: Reduction.None)),
    ];

    // Classes 0 to 5, some of them to be ignored.
    static Tensor Holes(Tensor x, long ignored) => x.sin().argmax(1).masked_fill(x.sum([1L]).gt(0), ignored);

    static IEnumerable<Case> ClassLosses() =>
    [
        Of("THSNN_cross_entropy", x => F.cross_entropy(x, x.sin().argmax(1), label_smoothing: 0.2) + x),
        Of("THSNN_cross_entropy", x => F.cross_entropy(x, x.sin().argmax(1), arange(1, 7, dtype: float32), label_smoothing: 0.2) + x),
        Of("THSNN_cross_entropy", x =>
            F.cross_entropy(x, Holes(x, 2), arange(1, 7, dtype: float32), ignore_index: 2, reduction: Reduction.None)),
        Of("THSNN_cross_entropy", x => F.cross_entropy(x, Holes(x, -100), label_smoothing: 0.1, reduction: Reduction.Sum) + x),
        Of("THSNN_cross_entropy", x =>
            F.cross_entropy(cat([x, x.exp()]), cat([x.argmax(1), Holes(x, -1)]), arange(1, 7, dtype: float32), -1) + x),
        Of("THSNN_cross_entropy", x => F.cross_entropy(x, x.sin().softmax(1), arange(1, 7, dtype: float32), label_smoothing: 0.2) + x),
        Of("THSNN_cross_entropy", x => F.cross_entropy(x, x.sin().argmax(1), reduction: Reduction.None), image),
        Of("THSNN_cross_entropy", x => F.cross_entropy(x.sum([0L]), x.sum([0L]).sin().argmax()) + x),
        Of("THSNN_nll_loss", x => F.nll_loss(x.log_softmax(1), x.sin().argmax(1)) + x),
        Of("THSNN_nll_loss", x => F.nll_loss(cat([x, x]), cat([x.argmax(1), Holes(x, -100)]), arange(1, 7, dtype: float32)) + x),
        Of("THSNN_nll_loss", x => F.nll_loss(x, x.sin().argmax(1), arange(1, 5, dtype: float32), Reduction.None), image),
        Of("THSNN_multi_margin_loss", x => F.multi_margin_loss(x, x.sin().argmax(1)) + x),
        Of("THSNN_multi_margin_loss", x => F.multi_margin_loss(x, x.sin().argmax(1), 2, 0.5, arange(1, 7, dtype: float32), Reduction.None)),
    ];

    static IEnumerable<Case> LabelLosses() =>
    [
        Of("THSNN_multilabel_margin_loss", x => F.multi_label_margin_loss(x, x.argsort(1).masked_fill(x.gt(0.5), -1)) + x),
        Of("THSNN_multilabel_margin_loss", x => F.multi_label_margin_loss(x, (x.argsort(1) - 2).clamp_min(-1), Reduction.None)),
        Of("THSNN_multilabel_soft_margin_loss", x => F.multilabel_soft_margin_loss(x, x.gt(0.5).to(float32)) + x),
        Of("THSNN_multilabel_soft_margin_loss", x => F.multilabel_soft_margin_loss(x, x.gt(0.5).to(float32), x.exp(), Reduction.None)),
    ];
}
