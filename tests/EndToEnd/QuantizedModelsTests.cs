using Toolchain.Cli;
using Toolchain.Data;
using Toolchain.Data.Sources;
using Toolchain.Export.Quantization;
using Toolchain.Graph;
using Toolchain.Graph.Files;

namespace Toolchain.EndToEnd;

/// <summary>Trained encoders in 8 bits, on 10,000 test images of MNIST against 10,000 training images.</summary>
[Trait("Category", "Slow")]
public sealed class QuantizedModelsTests
{
    [Theory]
    [InlineData("moco", CalibrationMethod.MinMax, 0.97, 0.98)]
    [InlineData("moco", CalibrationMethod.Percentile, 0.97, 0.98)]
    [InlineData("refined", CalibrationMethod.MinMax, 0.97, 0.98)]
    public void Make_OfAShippedModel_KeepsItsAccuracy(string name, CalibrationMethod method, double accuracy, double cosine)
    {
        (ImageSet train, ImageSet test) = Mnist();
        OnnxModel model = OnnxFile.Load(Checkout.Model(name));

        QuantizedExport found = QuantizedExport.Make(model, train, test, QuantizedExport.CalibrationImages, method);

        TestContext.Current.TestOutputHelper?.WriteLine($"{name}, {method}: {found}");
        Assert.InRange((double)found.Bytes / found.FloatBytes, 0.24, 0.4);
        Assert.InRange(found.Comparison.Accuracy!.Value, Math.Max(accuracy, found.Comparison.OriginalAccuracy!.Value - .005), 1);
        Assert.InRange(found.Comparison.Cosine!.Value, cosine, 1);
    }

    static (ImageSet Train, ImageSet Test) Mnist()
    {
        try
        {
            return (ImageSource.Open("mnist", Split.Train), ImageSource.Open("mnist", Split.Test));
        }
        catch (DatasetUnavailableException error)
        {
            Assert.Skip(error.Message);
            throw;
        }
    }
}
