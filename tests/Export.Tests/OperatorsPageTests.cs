using System.Text;
using Toolchain.Export.Conversion;
using Toolchain.Export.Converters;
using TorchSharp;

namespace Toolchain.Export.Tests;

/// <summary>docs/exporter/operators.md is made from the registry and the parity cases.</summary>
public sealed class OperatorsPageTests
{
    const string Page = "docs/exporter/operators.md", Made = "artifacts/operators.md";

    [Fact]
    public void OperatorsPage_IsWhatTheRegistrySays()
    {
        string root = Root(), made = Write();
        string page = Path.Combine(root, Page);
        if (!File.Exists(page) || File.ReadAllText(page) != made)
        {
            File.WriteAllText(Path.Combine(root, Made), made);
            Assert.Fail($"{Page} is not what the registry says; expected {Made}: cp {Made} {Page}");
        }
    }

    static string Write()
    {
        var page = new StringBuilder(Joined("""
            # What the exporter maps

            Made from the registry of converters and their parity cases; a test compares it (`cp artifacts/operators.md
                docs/exporter/operators.md` after a change).
            An entry is a method of TorchSharp's native layer; its in-place twin (with `_`) and the twin that writes to a given
                tensor (with `_out`) are covered.
            A write through a view of any mapped kind (`.write`) is covered as well. The operators are those of the parity cases at
                opset 17, or the lowest that can
            express them; every case runs at all opsets from 13 to 23, in batches of 1, 2 and 7, on the float64 evaluator
                and on ONNX Runtime with and without
            optimisation. Anything else is refused by name.

            Results as long as values ask for (`x[mask]`, `nonzero`, `unique`, `repeat_interleave` by a tensor,
                `bincount`) have a free axis in the
            graph. Recordings with other values tell it from fixed sizes, so that the example must be one whose values make a difference.

            From opset 23 on, `scaled_dot_product_attention` is one `Attention`, causal, masked by truth values or by added numbers,
            or neither. A mask that may hide a whole row adds a `Where`: ONNX leaves such a row undefined, PyTorch gives 0. A
            normalisation by the root of the mean square is one `RMSNormalization`. `MultiheadAttention` and the layers of transformers have
            one `Attention` each where neither masks are given nor weights asked for.

            What stays out, and why:

            | what | why |
            |---|---|
            | control flow that reads values, modules in training mode, random numbers | a trace has one way and no dice |
            | decisions by values, such as `if (x.sum().item<float>() > 0)` | the way of the example would be the model's way for all |
            | complex inputs; `hfft`, `ihfft`; real and complex tensors in one call but products
                and quotients | runtimes take no complex tensors: inside,
                and at outputs, complex numbers are pairs of reals on a last axis of 2 |
            | `linalg` decompositions (`svd`, `qr`, `eigh`, `pinv`, `lstsq`) | loops whose number of steps depends on values |
            | `inv`, `det`, `solve` of matrices above 32x32 or of a free size | they are eliminated column by column, 20 nodes each |
            | norms of matrices by singular values | only `fro`, 1, -1 and plus or minus infinity are sums |
            | `pack_sequence`, contents of a `PackedSequence`,
                `EmbeddingBag` with `padding_idx` | sequences of different length are no tensor;
                `pack_padded_sequence`, recurrent layers on it
                    and `pad_packed_sequence` have mappings (`enforce_sorted: false` lets lengths be anything) |
            | `ctc_loss`, `triplet_margin_with_distance_loss` | a recursion over the target; a distance computed inside native code |
            | `fractional_max_pool2d`, `fractional_max_pool3d` | they draw their windows at random |
            | `unique_consecutive` along an axis, indices of `mode` | no ONNX form; which of equal elements PyTorch names is not defined |
            | antialiased resizing to a width of 1 | PyTorch 2.10 repeats the first row there |
            | `RotaryEmbedding` (opset 23) | never written: TorchSharp has no rotary module, so that each model spells it in tensors, with
                tables of sines and cosines that it doubles or interleaves; a trace cannot prove that both halves of such a table are equal
                    at every length. It exports as its products, slices and concatenation |
            | scale and grouped heads of `scaled_dot_product_attention` | TorchSharp 0.107.0 does not bind them; attention that a module
                spells in tensors exports as its steps |
            | `igamma`, `polygamma`, Bessel functions and orthogonal polynomials | no ONNX operator |
            | indices of adaptive maximum pooling with unequal windows | the values have a mapping |
            | bit operations on numbers below opset 18 | ONNX has them from 18 on; shifts are products and quotients at any opset |
            | NaN in `amax`, `amin`, `max`, `min`, `argmax`, `argmin`, `sort`, `topk`, `kthvalue` and max pooling | PyTorch hands NaN on,
                ONNX Runtime
                drops it or sorts it elsewhere; `KeepNaN = true` guards these operators, at about four nodes each, off by default |
            | NaN in `cummax`, `cummin`, `median`, adaptive and indexed max pooling | not guarded |
            | `bilinear` and `bicubic` resizing of integers | how PyTorch rounds them depends on the processor |
            | means and variances of nothing, at sizes where a tensor inside is empty | NaN in PyTorch,
                0 in ONNX Runtime; the proof finds it at the ends of a range |
            | doubles in `Conv`, `Erf`, `Elu` and the other operators of `src/Export/Conversion/RuntimeGaps.txt` | computed in float32,
                since ONNX Runtime has no double kernel |
            | bfloat16, unsigned 16- to 64-bit integers, text | the graph does not have these element types |


            """.ReplaceLineEndings("\n")));
        var cases = ConverterCases.All.GroupBy(item => Converter.Functional(item.Entry))
            .ToDictionary(group => group.Key, group => group.ToArray());
        string[] entries = [.. ConverterRegistry.BuiltIn.Concat(ConverterRegistry.Complex).Select(converter => converter.Entry).Distinct()
            .Order(StringComparer.Ordinal)];
        page.Append(System.Globalization.CultureInfo.InvariantCulture,
            $"{entries.Length} entries, {ConverterCases.All.Count} parity cases.\n\n| native entry | ONNX operators | opsets | parity "
            + $"cases |\n|---|---|---|---|\n");
        foreach (string entry in entries)
        {
            ConverterCases.Case[] of = cases[entry];
            string operators = string.Join(", ", of.SelectMany(Operators).Distinct().Order(StringComparer.Ordinal));
            page.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"| {entry} | {(operators == "" ? "(none: passes its input on)" : operators)} | {of.Min(item =>
                item.Opset)}-23{(of.Any(item => item.Opset > of.Min(other => other.Opset)) ? $" (partly {of.Max(item => item.Opset)}-23)"
                : "")} | {of.Length} |\n");
        }
        return page.ToString();
    }

    // A row of a table is one line.
    static string Joined(string text) => System.Text.RegularExpressions.Regex.Replace(text, "\n +", " ");

    static IEnumerable<string> Operators(ConverterCases.Case item)
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        torch.Tensor example = torch.rand([3, .. item.Sizes]) * (item.High - item.Low) + item.Low;
        ExportPlan plan = OnnxExport.Explain(item.Make(), item.Whole ? example.to(torch.int64) : example);
        return plan.Steps.Where(step => step.Entry == item.Entry).SelectMany(step => step.Operators).ToArray();
    }

    static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Toolchain.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }
        return folder ?? throw new InvalidOperationException($"no Toolchain.sln above '{AppContext.BaseDirectory}'.");
    }
}
