using Toolchain.Export.Tracing;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests;

/// <summary>Operators that ONNX has from opset 23 on: one node where a module is exactly that.</summary>
public sealed class NewOperatorTests
{
    static ExportReport Prove(nn.Module module, Tensor example, int opset) => OnnxExport.Trace(module, example,
        new OnnxExportOptions
        {
            Opset = opset,
            Runtimes = [OrtRuntime.Create(), OrtRuntime.Create(Microsoft.ML.OnnxRuntime.GraphOptimizationLevel.ORT_DISABLE_ALL)]
        }).Prove();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attention_WithoutMask_IsOneNodeAtOpset23(bool causal)
    {
        manual_seed(1);
        using var module = new Fn(x => F.scaled_dot_product_attention(x, x.flip(3), x.sin(), is_casual: causal));

        ExportReport report = Prove(module, randn(2, 3, 5, 4), 23);

        Assert.Contains("Attention", report.Operators.Keys);
        Assert.DoesNotContain("Softmax", report.Operators.Keys);
        Assert.DoesNotContain("Attention", Prove(module, randn(2, 3, 5, 4), 22).Operators.Keys);
    }

    public static TheoryData<string, Func<Tensor, Tensor>> Masks => new()
    {
        { "truth values", x => F.scaled_dot_product_attention(x, x.flip(3), x.sin(), x.sum([3L], keepdim: true).mT.gt(0)) },
        { "added numbers", x => F.scaled_dot_product_attention(x, x.flip(3), x.sin(), x.matmul(x.mT)) },
        { "constant", x => F.scaled_dot_product_attention(x, x.flip(3), x.sin(), ones(5, 5, dtype: @bool).tril()) },
        { "one head", x => F.scaled_dot_product_attention(x[.., 0], x[.., 1], x[.., 2], ones(5, 5, dtype: @bool).tril()) },
    };

    [Theory, MemberData(nameof(Masks))]
    public void Attention_WithMask_IsOneNodeAtOpset23(string mask, Func<Tensor, Tensor> forward)
    {
        manual_seed(1);
        using var module = new Fn(forward);

        ExportReport report = Prove(module, randn(2, 3, 5, 4), 23);

        Assert.True(report.Operators.ContainsKey("Attention") && !report.Operators.ContainsKey("Softmax"),
            $"{mask}: {string.Join(", ", report.Operators.Keys)}");
    }

    [Fact]
    public void Attention_OfAnEncoder_IsOneNodeInEachLayerAtOpset23()
    {
        manual_seed(1);
        using var module = new With<TorchSharp.Modules.TransformerEncoder>(
            nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2), (inner, x) => inner.call(x, null, null));

        ExportReport report = Prove(module, randn(2, 5, 8), 23);

        Assert.Equal(2, report.Operators["Attention"]);
        Assert.DoesNotContain("Softmax", report.Operators.Keys);
    }

    [Fact]
    public void Attention_OfAMultiheadLayerWhoseWeightsAreAskedFor_KeepsThem()
    {
        manual_seed(1);
        using var module = new With<TorchSharp.Modules.MultiheadAttention>(nn.MultiheadAttention(8, 2),
            (inner, x) => inner.call(x, x, x).Item2);

        Assert.DoesNotContain("Attention", Prove(module, randn(2, 5, 8), 23).Operators.Keys);
    }

    [Fact]
    public void Attention_WhoseConstantMaskHidesNoRow_IsNotGuarded()
    {
        using var module = new Fn(x => F.scaled_dot_product_attention(x, x, x, ones(5, 5, dtype: @bool).tril()));

        Assert.Equal(["Attention"], Prove(module, randn(2, 3, 5, 4), 23).Operators.Keys);
    }

    static Tensor Weight => arange(1, 7).to(float32) / 4;

    public static TheoryData<string, Func<Tensor, Tensor>> Spellings => new()
    {
        { "power, rsqrt", x => x * (x.pow(2).mean([-1L], keepdim: true) + 1e-3).rsqrt() * Weight },
        { "product, division, scale in front", x => Weight * (x / ((x * x).mean([-1L], keepdim: true) + 1e-3).sqrt()) },
        { "epsilon in front", x => x / (1e-3 + x.square().mean([1L], keepdim: true)).sqrt() * Weight },
    };

    [Theory, MemberData(nameof(Spellings))]
    public void RmsNorm_HoweverItIsSpelt_IsOneNodeAtOpset23(string spelling, Func<Tensor, Tensor> forward)
    {
        manual_seed(2);
        using var module = new Fn(forward);

        ExportReport report = Prove(module, randn(2, 6), 23);

        Assert.True(report.Operators.Keys.Contains("RMSNormalization") && !report.Operators.ContainsKey("ReduceMean"),
            $"{spelling}: {string.Join(", ", report.Operators.Keys)}");
        Assert.DoesNotContain("RMSNormalization", Prove(module, randn(2, 6), 22).Operators.Keys);
    }

    [Fact]
    public void RmsNorm_OfAnotherTensor_StaysAsItIs()
    {
        using var module = new Fn(x => x.sin() / ((x * x).mean([-1L], keepdim: true) + 1e-3).sqrt() * Weight);

        Assert.DoesNotContain("RMSNormalization", Prove(module, randn(2, 6), 23).Operators.Keys);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(17)]
    [InlineData(23)]
    public void BFloat16_Module_KeepsItsWeights_AndRunsInOnnxRuntime(int opset)
    {
        manual_seed(3);
        using var net = nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(16, 5),
            nn.Softmax(1));
        net.eval();
        net.to(bfloat16);

        TracedModel traced = OnnxExport.Trace(net, rand(2, 2, 6, 6).to(bfloat16),
            new OnnxExportOptions { Opset = opset, Runtimes = [OrtRuntime.Create()] });
        ExportReport report = traced.Prove();

        Assert.Equal((Graph.ElementType.BFloat16, Graph.ElementType.BFloat16),
            (traced.Model.Inputs[0].Type.Element, traced.Model.Outputs[0].Type.Element));
        Assert.All(net.state_dict().Where(pair => pair.Value.is_floating_point()),
            pair => Assert.Equal(Graph.ElementType.BFloat16, traced.Model.Initializers.Single(item => item.Key == pair.Key).Value.Type));
        Assert.Equal([1, 2, 7, 64], report.Sizes);
    }
}
