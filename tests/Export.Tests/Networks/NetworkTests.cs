using Toolchain.Export.Tracing;

namespace Toolchain.Export.Tests.Networks;

/// <summary>Whole networks, written as anyone would in TorchSharp, exported as they are.</summary>
public sealed class NetworkTests
{
    public static TheoryData<string> Names => [.. NetworkModels.All.Select(item => item.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Trace_WholeNetwork_AgreesInAllRuntimes(string name)
    {
        NetworkModels.Network network = NetworkModels.All.Single(item => item.Name == name);

        ExportReport report = network.Trace(OrtRuntime.Create()).Prove();

        Assert.All(report.Errors, error => Assert.InRange(error.MaxAbsolute, 0, 1e-4));
    }

    [Fact]
    public void Trace_UNet_HasFreeHeightAndWidth()
    {
        TracedModel traced = NetworkModels.All.Single(item => item.Name == "unet").Trace(OrtRuntime.Create());

        Assert.Equal("[N,1,H,W]", traced.Model.Inputs[0].Shape.ToString());
        Assert.Equal("[N,3,H,W]", traced.Model.Outputs[0].Shape.ToString());
    }

    [Fact]
    public void Trace_GruTagger_HasFreeLengthInEveryOutput()
    {
        TracedModel traced = NetworkModels.All.Single(item => item.Name == "gru-tagger").Trace(OrtRuntime.Create());

        Assert.Equal(["[N,L,4]", "[N,L]", "[N]"], traced.Model.Outputs.Select(output => output.Shape.ToString()));
    }

    [Fact]
    public void ResNetFifty_HasItsParameters()
    {
        using ResNet net = ResNet.Fifty();

        Assert.Equal(25_557_032, net.parameters().Sum(parameter => parameter.numel()));
    }
}
