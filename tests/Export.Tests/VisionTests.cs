using Toolchain.Export.Tracing;
using TorchSharp;
using static TorchSharp.torchvision;

namespace Toolchain.Export.Tests;

/// <summary>Every network of TorchSharp's own vision library exports with the defaults.</summary>
public sealed class VisionTests
{
    // The library's constructors; the Inception net takes no smaller images than these.
    static readonly Dictionary<string, (Func<torch.nn.Module<torch.Tensor, torch.Tensor>> Make, int Size)> networks = new()
    {
        ["alexnet"] = (() => models.alexnet(), 224),
        ["googlenet"] = (() => models.googlenet(), 224),
        ["inception_v3"] = (() => models.inception_v3(), 299),
        ["mobilenet_v2"] = (() => models.mobilenet_v2(), 224),
        ["mobilenet_v3_large"] = (() => models.mobilenet_v3_large(), 224),
        ["mobilenet_v3_small"] = (() => models.mobilenet_v3_small(), 224),
        ["resnet18"] = (() => models.resnet18(), 224),
        ["resnet34"] = (() => models.resnet34(), 224),
        ["resnet50"] = (() => models.resnet50(), 224),
        ["resnet101"] = (() => models.resnet101(), 224),
        ["resnet152"] = (() => models.resnet152(), 224),
        ["resnext50_32x4d"] = (() => models.resnext50_32x4d(), 224),
        ["resnext101_32x8d"] = (() => models.resnext101_32x8d(), 224),
        ["resnext101_64x4d"] = (() => models.resnext101_64x4d(), 224),
        ["wide_resnet50_2"] = (() => models.wide_resnet50_2(), 224),
        ["wide_resnet101_2"] = (() => models.wide_resnet101_2(), 224),
        ["vgg11"] = (() => models.vgg11(), 224),
        ["vgg11_bn"] = (() => models.vgg11_bn(), 224),
        ["vgg13"] = (() => models.vgg13(), 224),
        ["vgg13_bn"] = (() => models.vgg13_bn(), 224),
        ["vgg16"] = (() => models.vgg16(), 224),
        ["vgg16_bn"] = (() => models.vgg16_bn(), 224),
        ["vgg19"] = (() => models.vgg19(), 224),
        ["vgg19_bn"] = (() => models.vgg19_bn(), 224),
    };

    public static TheoryData<string> Networks => [.. networks.Keys];

    [Theory, MemberData(nameof(Networks)), Trait("Category", "Slow")]
    public void Export_OfEachNetwork_AgreesWithTheDefaults(string name)
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        (Func<torch.nn.Module<torch.Tensor, torch.Tensor>> make, int size) = networks[name];
        using torch.nn.Module<torch.Tensor, torch.Tensor> network = make();
        network.eval();

        ExportReport report = OnnxExport.Trace(network, torch.rand(1, 3, size, size)).Prove();

        Assert.NotEmpty(report.Proven);
        Assert.Contains(report.Runtimes, runtime => runtime.StartsWith("ONNX Runtime", StringComparison.Ordinal));
    }

    [Fact]
    public void Networks_AreAllThatTheLibraryHas()
    {
        string[] constructors = [.. typeof(models).GetMethods()
            .Where(method => method.IsStatic && method.ReturnType.IsAssignableTo(typeof(torch.nn.Module)))
            .Select(method => method.Name).Distinct().Order(StringComparer.Ordinal)];

        Assert.Equal(constructors, networks.Keys.Order(StringComparer.Ordinal));
    }
}
