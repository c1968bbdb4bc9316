using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

static partial class ConverterCases
{

    static Case Having<TInner>(string entry, Func<TInner> make, Func<TInner, Tensor, Tensor> function, long[]? sizes = null) where TInner
        : nn.Module =>
        new(entry, () => new With<TInner>(make(), function), sizes ?? steps);

    static IEnumerable<Case> Opaque() =>
        [.. Embeddings(), .. Recurrences(), .. Cells(), .. PackedSequences(), .. Multihead(), .. Transformers()];

    static IEnumerable<Case> Embeddings() =>
    [
        Having("THSNN_Embedding_forward", () => nn.Embedding(9, 4, padding_idx: 0), (inner, x) => inner.call(x), [5]) with { Low = 0,
        High = 8, Whole = true },
        Having("THSNN_Embedding_forward", () => nn.Embedding_from_pretrained(arange(12).to(float32).reshape(4, 3)), (inner, x) =>
            inner.call(x), [5]) with { Low = 0, High = 3, Whole = true },
        .. ((EmbeddingBagMode[])[EmbeddingBagMode.Sum, EmbeddingBagMode.Mean, EmbeddingBagMode.Max]).Select(mode =>
            Having("THSNN_EmbeddingBag_forward", () => nn.EmbeddingBag(9, 4, mode: mode), (inner, x) => inner.call(x, null, null),
            [5]) with { Low = 0, High = 8, Whole = true }),
    ];

    static IEnumerable<Case> Recurrences() =>
    [
        Having("THSNN_LSTM_forward", () => nn.LSTM(8, 5, numLayers: 2, batchFirst: true, bidirectional: true), (inner, x) =>
        inner.call(x).Item1),
        Having("THSNN_LSTM_forward", () => nn.LSTM(8, 5, numLayers: 2, bias: false), (inner, x) =>
        {
            (Tensor all, Tensor state, Tensor cell) = inner.call(x.transpose(0, 1));
            return all.mean([0]) + state[1] + cell[0];
        }),
        Having("THSNN_LSTM_forward", () => nn.LSTM(8, 5, batchFirst: true), (inner, x) =>
            inner.call(x, (x.sum([1]).narrow(1, 0, 5).unsqueeze(0), x.sum([1]).narrow(1, 2, 5).unsqueeze(0))).Item1),
        Having("THSNN_GRU_forward", () => nn.GRU(8, 5, numLayers: 2, batchFirst: true, bidirectional: true), (inner, x) =>
            inner.call(x).Item1),
            Having("THSNN_GRU_forward", () => nn.GRU(8, 5, bias: false), (inner, x) => inner.call(x.transpose(0, 1)).Item2),
        Having("THSNN_GRU_forward", () => nn.GRU(8, 5, batchFirst: true), (inner, x) =>
            inner.call(x, x.sum([1]).narrow(1, 0, 5).unsqueeze(0)).Item2),
        Having("THSNN_RNN_forward", () => nn.RNN(8, 5, 2, nn.NonLinearities.ReLU, batchFirst: true, bidirectional: true), (inner, x) =>
            inner.call(x).Item1),
            Having("THSNN_RNN_forward", () => nn.RNN(8, 5, 1, nn.NonLinearities.Tanh), (inner, x) => inner.call(x.transpose(0, 1)).Item2),
    ];

    // Lengths of 1 to 7, in no order.
    static Tensor Lengths(Tensor x) => x.select(2, 0).gt(0).sum([1L]).clamp(1, 7);

    static nn.utils.rnn.PackedSequence Packed(Tensor x) =>
        nn.utils.rnn.pack_padded_sequence(x, Lengths(x), batch_first: true, enforce_sorted: false);

    static IEnumerable<Case> PackedSequences() =>
    [
        Having("THSNN_LSTM_forward_with_packed_input", () => nn.LSTM(8, 5, numLayers: 2, batchFirst: true, bidirectional: true),
            (inner, x) =>
        {
            (nn.utils.rnn.PackedSequence all, Tensor state, Tensor cell) = inner.call(Packed(x));
            return nn.utils.rnn.pad_packed_sequence(all, batch_first: true, total_length: 7).Item1 + (state[1] + cell[2]).sum([1L])
                .reshape(-1, 1, 1);
        }),
        Having("THSNN_GRU_forward_with_packed_input", () => nn.GRU(8, 5, batchFirst: true), (inner, x) => inner.call(Packed(x)).Item2),
        Having("THSNN_pad_packed_sequence", () => nn.GRU(8, 5, batchFirst: true), (inner, x) =>
            nn.utils.rnn.pad_packed_sequence(inner.call(Packed(x)).Item1, batch_first: true, padding_value: 3).Item1),
        Having("THSNN_pad_packed_sequence", () => nn.GRU(8, 5), (inner, x) =>
            nn.utils.rnn.pad_packed_sequence(inner.call(Packed(x)).Item1).Item2),
        Having("THSNN_RNN_forward_with_packed_input", () => nn.RNN(8, 5, 2, nn.NonLinearities.ReLU, bidirectional: true), (inner, x) =>
            inner.call(Packed(x)).Item2),
        Having("THSNN_pack_padded_sequence", () => nn.GRU(8, 5), (inner, x) =>
            inner.call(nn.utils.rnn.pack_padded_sequence(x.transpose(0, 1), Lengths(x), enforce_sorted: false)).Item2),
        .. ((string[])["data", "sorted_indices", "unsorted_indices"]).Select(part =>
            Having($"THSNN_PackedSequence_{part}", () => nn.GRU(8, 5), (inner, x) => inner.call(Packed(x)).Item2)),
    ];

    static IEnumerable<Case> Cells() =>
    [
        Having("THSNN_RNNCell_forward", () => nn.RNNCell(6, 5, nn.NonLinearities.ReLU), (inner, x) => inner.call(x, inner.call(x, null!)),
        vector), Having("THSNN_RNNCell_forward", () => nn.RNNCell(6, 5, nn.NonLinearities.Tanh, bias: false), (inner, x) =>
        inner.call(x, null!), vector),
        Having("THSNN_GRUCell_forward", () => nn.GRUCell(6, 5), (inner, x) => inner.call(x, inner.call(x, null!)), vector),
        Having("THSNN_LSTMCell_forward", () => nn.LSTMCell(6, 5), (inner, x) =>
        {
            (Tensor state, Tensor cell) = inner.call(x, (x.narrow(1, 0, 5), x.narrow(1, 1, 5)));
            (Tensor next, Tensor last) = inner.call(x.sin(), (state, cell));
            return next + last;
        }, vector),
    ];

    static IEnumerable<Case> Multihead() =>
    [
        Having("THSNN_MultiheadAttention_forward", () => nn.MultiheadAttention(8, 2), (inner, x) =>
        Swapped(x, y => inner.call(y, y, y).Item1)),
        Having("THSNN_MultiheadAttention_forward", () => nn.MultiheadAttention(8, 4, bias: false), (inner, x) =>
            Swapped(x, y => inner.call(y, y.narrow(0, 0, 3), y.narrow(0, 2, 3).sin()).Item1)
            + Swapped(x, y => inner.call(y, y, y).Item2.transpose(0, 1)).mean([2], keepdim: true)),
        Having("THSNN_MultiheadAttention_forward", () => nn.MultiheadAttention(8, 2, kdim: 3, vdim: 3), (inner, x) =>
            Swapped(x, y => inner.call(y, y.narrow(2, 0, 3), y.narrow(2, 3, 3), need_weights: false).Item1)),
        Having("THSNN_MultiheadAttention_forward", () => nn.MultiheadAttention(8, 2), (inner, x) =>
            Swapped(x, y =>
            inner.call(y, y, y, key_padding_mask: x.narrow(1, 0, 7).sum([2]).gt(3), attn_mask: ones(7, 7, dtype: @bool).triu(1)).Item1)),
        Having("THSNN_MultiheadAttention_forward", () => nn.MultiheadAttention(8, 2), (inner, x) =>
            Swapped(x, y => inner.call(y, y, y, attn_mask: full(7, 7, -1e9).to(float32).triu(1)).Item1)),
        Having("THSNN_MultiheadAttention_forward", () => nn.MultiheadAttention(8, 2), (inner, x) =>
            Swapped(x, y => inner.call(y, y, y, attn_mask: zeros(7, 7).masked_fill(ones(7, 7, dtype: @bool).triu(1), -1e9)).Item1)),
    ];

    static Tensor Swapped(Tensor x, Func<Tensor, Tensor> function) => function(x.transpose(0, 1)).transpose(0, 1);

    static IEnumerable<Case> Transformers() =>
    [
        Having("THSNN_TransformerEncoderLayer_forward", () => nn.TransformerEncoderLayer(8, 2, 16), (inner, x) => Swapped(x, inner.call)),
        Having("THSNN_TransformerEncoder_forward", () =>
            nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, activation: nn.Activations.GELU), 2), (inner, x) =>
            Swapped(x, y => inner.call(y, ones(7, 7, dtype: @bool).triu(1)))),
        Having("THSNN_TransformerEncoder_forward", () => nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 4, 16), 2), (inner, x) =>
            Swapped(x, y => inner.call(y))),
        Having("THSNN_TransformerDecoderLayer_forward", () => nn.TransformerDecoderLayer(8, 2, 16), (inner, x) =>
            Swapped(x, y => inner.call(y, y.sin().narrow(0, 0, 4)))),
        Having("THSNN_TransformerDecoder_forward", () => nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16), 2), (inner, x) =>
            Swapped(x, y => inner.call(y, y.sin().narrow(0, 0, 4)))),
        Having("THSNN_Transformer_forward", () => nn.Transformer(8, 2, 2, 1, 16), (inner, x) =>
            Swapped(x, y => inner.call(y, y.sin().narrow(0, 0, 4))).narrow(1, 0, 4)) with { Sizes = steps },
    ];
}
