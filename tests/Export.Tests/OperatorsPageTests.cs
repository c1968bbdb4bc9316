using System.Text;
using Toolchain.Export.Conversion;
using Toolchain.Export.Converters;
using Toolchain.Export.Tracing;
using TorchSharp;

namespace Toolchain.Export.Tests;

/// <summary>docs/exporter/operators.md is made from the registry and the parity cases.</summary>
public sealed class OperatorsPageTests
{
    const string Page = "docs/exporter/operators.md", Made = "artifacts/operators.md";

    [Fact]
    public void OperatorsPage_IsWhatTheRegistrySays()
    {
        string made = Write(), page = Checkout.In(Page);
        if (!File.Exists(page) || File.ReadAllText(page) != made)
        {
            File.WriteAllText(Checkout.In(Made), made);
            Assert.Fail($"{Page} is not what the registry says; expected {Made}: cp {Made} {Page}");
        }
    }

    static string Write()
    {
        var cases = ConverterCases.All.GroupBy(item => Converter.Functional(item.Entry))
            .ToDictionary(group => group.Key, group => group.ToArray());
        string[] entries = [.. ConverterRegistry.BuiltIn.Concat(ConverterRegistry.Complex).Select(converter => converter.Entry).Distinct()
            .Order(StringComparer.Ordinal)];
        var page = new StringBuilder(Joined($$"""
            # Operators that the exporter maps

            {{entries.Length}} native entries of TorchSharp 0.107.0, with {{ConverterCases.All.Count}} parity cases. Each case runs at every
            opset from 13 to 23 in batches of 1, 2 and 7, on the float64 evaluator and on ONNX Runtime with and without optimisation. Any
            other entry is rejected by name.

            `OperatorsPageTests` generates this page from the registry of converters and the parity cases; after a change:
            `cp artifacts/operators.md docs/exporter/operators.md`.

            ## Notes

            - An entry is a method of TorchSharp's native layer. It covers its in-place form (`_`), the form that writes to a given tensor
              (`_out`), and writes through a view (`.write`).
            - The operators listed are those at opset 17, or at the lowest opset that has the mapping.
            - At opset 23, `scaled_dot_product_attention` becomes one `Attention`: causal, with a mask of truth values or of numbers, or
              without. A mask that may hide a whole row adds a `Where`, because ONNX leaves such a row undefined and PyTorch returns 0.
              `MultiheadAttention` and the transformer layers contain one `Attention` each, unless masks are given or weights are returned.
              Normalisation by the root of the mean square becomes one `RMSNormalization`.
            - Results whose length depends on values (`x[mask]`, `nonzero`, `unique`, `repeat_interleave` by a tensor, `bincount`) have a
              free axis. The tracer detects it by recording other values, so the example must be one whose length changes with them.
            - NaN comes out where PyTorch has it. ONNX Runtime drops it in maxima and minima, `argmax`, `argmin`, `cummax`, `cummin`,
              `median`, max pooling and infinity norms, and sorts it anywhere. These operators therefore get about four more nodes, unless
              the graph shows that no NaN can come: truth values, whole numbers, `nan_to_num`. `KeepNaN = false` omits the nodes, and
              `dropsNaN` in the report names the calls; for what they cost see [benchmarks](../benchmarks/export.md#nan). All parity cases
              also run with NaN in their input at opsets 13, 17 and 23.

            ## Not mapped

            | what | why |
            |---|---|
            | control flow that reads values, modules in training mode, random numbers | a trace is one path of the code,
                and the file has no generator |
            | decisions by values, such as `if (x.sum().item<float>() > 0)` | the branch that the example
                takes would be the branch for all inputs |
            | complex inputs; `hfft`, `ihfft`; real and complex tensors in one call but products
                and quotients | runtimes take no complex tensors: inside,
                and at outputs, complex numbers are pairs of reals on a last axis of 2 |
            | `linalg` decompositions (`svd`, `qr`, `eigh`, `pinv`, `lstsq`) | loops whose number of steps depends on values |
            | `inv`, `det`, `solve` of matrices above 32x32 or of a free size | they are eliminated column by column, 20 nodes each |
            | norms of matrices by singular values | only `fro`, 1, -1 and plus or minus infinity are sums |
            | `pack_sequence`, contents of a `PackedSequence`,
                `EmbeddingBag` with `padding_idx` | sequences of different lengths are not one tensor;
                `pack_padded_sequence`, recurrent layers on it
                    and `pad_packed_sequence` have mappings (`enforce_sorted: false` lets lengths be anything) |
            | `ctc_loss`, `triplet_margin_with_distance_loss` | a recursion over the target; a distance computed inside native code |
            | `fractional_max_pool2d`, `fractional_max_pool3d` | they draw their windows at random |
            | `unique_consecutive` along an axis, indices of `mode` | no ONNX form;
                PyTorch does not define which of equal elements it returns |
            | antialiased resizing to a width of 1 | PyTorch 2.10 repeats the first row there |
            | `RotaryEmbedding` (opset 23) | never written: TorchSharp has no rotary module, so that each model spells it in tensors, with
                tables of sines and cosines that it doubles or interleaves; a trace cannot prove that both halves of such a table are equal
                    at every length. It exports as its products, slices and concatenation |
            | scale and grouped heads of `scaled_dot_product_attention` | TorchSharp 0.107.0 does not bind them; attention that a module
                spells in tensors exports as its steps |
            | `igamma`, `polygamma`, Bessel functions and orthogonal polynomials | no ONNX operator |
            | indices of adaptive maximum pooling with unequal windows | the values have a mapping |
            | bit operations on numbers below opset 18 | ONNX has them from 18 on; shifts are products and quotients at any opset |
            | NaN in recurrent layers, `mode`, `unique`, rows that `searchsorted` searches, coordinates of `grid_sample`, hidden keys of
                attention; its `signbit`, and its conversion to integers | ONNX Runtime's recurrent kernels clip it, the rest is undefined
                or has no ONNX form; `dropsNaN` in the report names recurrent layers and `mode` |
            | NaN in `interpolate`, `adaptive_avg_pool`, `fold`, `unfold`, `fft`, `local_response_norm` and margin losses | it is not lost,
                but spreads to more elements where a product with a matrix replaces PyTorch's loop |
            | `bilinear` and `bicubic` resizing of integers | PyTorch's rounding depends on the processor |
            | means and variances of nothing, at sizes where a tensor inside is empty | NaN in PyTorch,
                0 in ONNX Runtime; the proof finds it at the ends of a range |
            | doubles in `Conv`, `Erf`, `Elu` and the other operators of `src/Export/Conversion/RuntimeGaps.txt` | computed in float32,
                since ONNX Runtime has no double kernel |
            | unsigned 16- to 64-bit integers, 16-bit integers, text | the graph does not have these element types |

            ## Mapped


            """.ReplaceLineEndings("\n")));
        page.Append("| native entry | ONNX operators | opsets | parity cases |\n|---|---|---|---|\n");
        foreach (string entry in entries)
        {
            ConverterCases.Case[] of = cases[entry];
            string operators = string.Join(", ", of.SelectMany(Operators).Distinct().Order(StringComparer.Ordinal));
            page.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"| {entry} | {(operators == "" ? "(none: returns its input)" : operators)} | {of.Min(item =>
                item.Opset)}-23{(of.Any(item => item.Opset > of.Min(other => other.Opset)) ? $" (partly {of.Max(item => item.Opset)}-23)"
                : "")} | {of.Length} |\n");
        }
        return page.ToString();
    }

    // A row of a table and an item of a list are one line.
    static string Joined(string text) => System.Text.RegularExpressions.Regex.Replace(text, "\n +", " ");

    static IEnumerable<string> Operators(ConverterCases.Case item)
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        torch.Tensor example = torch.rand([3, .. item.Sizes]) * (item.High - item.Low) + item.Low;
        ExportPlan plan = OnnxExport.Explain(item.Make(), item.Whole ? example.to(torch.int64) : example);
        return plan.Steps.Where(step => step.Entry == item.Entry).SelectMany(step => step.Operators).ToArray();
    }
}
