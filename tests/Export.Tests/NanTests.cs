using Toolchain.Export.Recording;
using Toolchain.Export.Tracing;
using Toolchain.Graph;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

/// <summary>NaN in the input comes out where PyTorch has it.</summary>
public sealed class NanTests
{
    // Entries through which it does not come, and why (docs/exporter/operators.md).
    static readonly string[] excepted =
    [
        // Kernels of recurrent layers clip.
        "THSNN_RNN_forward", "THSNN_GRU_forward", "THSNN_LSTM_forward", "THSNN_RNNCell_forward", "THSNN_GRUCell_forward",
        "THSNN_LSTMCell_forward", "THSNN_RNN_forward_with_packed_input", "THSNN_GRU_forward_with_packed_input",
        "THSNN_LSTM_forward_with_packed_input", "THSNN_PackedSequence_data", "THSNN_PackedSequence_sorted_indices",
        "THSNN_PackedSequence_unsorted_indices", "THSNN_pack_padded_sequence", "THSNN_pad_packed_sequence",
        // No order: the most frequent, places in a row that is not sorted, places in an image.
        "THSTensor_mode", "THSTensor_unique", "THSTensor_searchsorted_s", "THSTensor_searchsorted_t", "THSNN_grid_sample",
        // A key that is hidden.
        "THSNN_scaled_dot_product_attention",
        // Its sign, and NaN as a whole number.
        "THSTensor_signbit", "THSTensor_div_scalar", "THSTensor_floor_divide_scalar",
    ];

    [Theory, Trait("Category", "Slow")]
    [InlineData(13)]
    [InlineData(17)]
    [InlineData(23)]
    public void NaN_InTheInputOfEachCase_ComesOutAsInPyTorch(int opset)
    {
        string[] lost = [.. ConverterCases.All
            .Where(item => !item.Whole && item.KeepNaN && item.Opset <= opset)
            .Where(item => !excepted.Contains(Conversion.Converter.Functional(item.Entry)))
            .SelectMany((item, i) => Lost(item, i, opset))];
        Assert.True(lost.Length == 0, string.Join("\n", lost));
    }

    static IEnumerable<string> Lost(ConverterCases.Case item, int seed, int opset)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        manual_seed(seed);
        Tensor example = rand([3, .. item.Sizes]) * (item.High - item.Low) + item.Low;
        TracedModel traced = OnnxExport.Trace(item.Make(), example, new OnnxExportOptions { Opset = opset });
        byte[] bytes = traced.Model.ToBytes();
        Tensor one = example.clone();
        one.view(-1)[1] = float.NaN;
        foreach (Tensor infected in (Tensor[])[one, where(rand(example.shape).lt(0.2), full_like(example, float.NaN), example)])
        {
            TensorData input = NativeTensor.Read(infected);
            IReadOnlyList<Tensor> results;
            try
            {
                results = ModuleCall.Run(traced.Traced.Module, [infected]);
            }
            catch (System.Runtime.InteropServices.ExternalException)
            {
                continue; // NaN as an index
            }
            IReadOnlyDictionary<string, TensorData> found = OrtRuntime.Create().Run(bytes, new Dictionary<string, TensorData>
            {
                [traced.Traced.Inputs.Names[0]] = input
            });
            foreach ((string name, Tensor result) in traced.Traced.OutputNames.Zip(results))
            {
                double[] expected = NativeTensor.Read(result).ToDoubles(), given = found[name].ToDoubles();
                // A product by a matrix spreads NaN further than PyTorch's loop over windows does.
                int place = Enumerable.Range(0, expected.Length).FirstOrDefault(i => given.Length != expected.Length
                    || !(double.IsNaN(given[i]) || expected[i] == given[i]
                        || Math.Abs(expected[i] - given[i]) <= 1e-4 + 1e-4 * Math.Abs(expected[i])), -1);
                if (place >= 0)
                {
                    yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{item.Entry}, opset {opset}: "
                        + $"element {place} of '{name}' is {given.ElementAtOrDefault(place)}, expected {expected[place]}");
                }
            }
        }
    }

    // NaN cannot come, so that nothing is added.
    [Theory]
    [InlineData("whole numbers")]
    [InlineData("truth values")]
    [InlineData("replaced")]
    [InlineData("whole input")]
    public void Guards_WhereNoNaNCanCome_AreLeftOut(string what)
    {
        using var module = new Fn(x => what switch
        {
            "whole numbers" => x.to(int64).to(float32).abs().reshape(-1, 3).amax([1]),
            "truth values" => x.gt(0).to(float32).max(1).values,
            "replaced" => x.nan_to_num(0, 1, -1).tanh().sort(1).Values,
            _ => x.to(float32).argmax(1),
        });
        Tensor example = what == "whole input" ? ones(2, 6, dtype: uint8) : rand(2, 6);
        OnnxModel with = OnnxExport.Trace(module, example, new OnnxExportOptions { Runtimes = [] }).Model;
        TracedModel without = OnnxExport.Trace(module, example, new OnnxExportOptions { Runtimes = [], KeepNaN = false });
        Assert.Equal(without.Model.Nodes.Select(node => node.Op), with.Nodes.Select(node => node.Op));
        Assert.Empty(without.DropsNaN);
    }

    [Theory]
    [InlineData("sum")] // infinities of both signs
    [InlineData("relu")]
    [InlineData("log")]
    public void Guards_WhereNaNCanCome_AreThere(string what)
    {
        using var module = new Fn(x =>
            (what switch { "sum" => x.to(int64).to(float32) + 1, "relu" => x.relu(), _ => x.gt(0).to(float32).log() }).amax([1]));
        Assert.Contains("IsNaN", OnnxExport.Trace(module, rand(2, 6), new OnnxExportOptions { Runtimes = [] }).Model.Nodes
            .Select(node => node.Op));
    }

    // Of bfloat16 the largest number is below that of float32, which would round to infinity.
    [Fact]
    public void NanToNum_OfBFloat16_IsFinite()
    {
        using var module = new Fn(x => (x.to(bfloat16) / 0).nan_to_num().to(float32));
        OnnxModel model = OnnxExport.Trace(module, rand(2, 3) + 1, new OnnxExportOptions { Runtimes = [] }).Model;
        IReadOnlyDictionary<string, TensorData> found = Evaluator.Run(model, new Dictionary<string, TensorData>
        {
            [model.Inputs[0].Name] = TensorData.Of(new float[] { 1, 2, 3, 4, 5, 6 }, 2, 3),
        });
        Assert.All(found["output"].ToDoubles(), value => Assert.InRange(value, 3e38, float.MaxValue));
    }
}
