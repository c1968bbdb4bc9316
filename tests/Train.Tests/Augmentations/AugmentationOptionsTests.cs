using Toolchain.Train.Core;
using Toolchain.Train.Models.Autoencoder;
using Toolchain.Train.Models.MoCo;
using Toolchain.Train.Runs;

namespace Toolchain.Train.Tests.Augmentations;

public sealed class AugmentationOptionsTests
{
    [Theory]
    [InlineData("scaleLow=0", "'augmentation.scaleLow' must be above 0, was 0.")] // its logarithm would make every pixel NaN
    [InlineData("scaleHigh=0.5", "'augmentation.scaleHigh' must be at least scaleLow=0.8, was 0.5.")]
    [InlineData("rotationDegrees=-1", "'augmentation.rotationDegrees' must be at least 0 and finite, was -1.")]
    [InlineData("thicknessProbability=1.5", "'augmentation.thicknessProbability' must be in [0..1], was 1.5.")]
    [InlineData("outlineProbability=-0.1", "'augmentation.outlineProbability' must be in [0..1], was -0.1.")]
    [InlineData("serifProbability=2", "'augmentation.serifProbability' must be in [0..1], was 2.")]
    [InlineData("flagProbability=-1", "'augmentation.flagProbability' must be in [0..1], was -1.")]
    [InlineData("blurProbability=1.1", "'augmentation.blurProbability' must be in [0..1], was 1.1.")]
    [InlineData("blur=0.4", "'augmentation.blur' must be in [0.5..14], was 0.4.")]
    [InlineData("thickness=15", "'augmentation.thickness' must be in [0..14], was 15.")]
    public void Check_OutOfRange_IsRefusedByEveryMethodWithViews(string setting, string message)
    {
        foreach (GradientOptions options in new GradientOptions[] { new MoCoOptions(), new AutoencoderOptions() })
        {
            Assert.Equal(message, Assert.Throws<ArgumentException>(() => OptionBinder.Apply(options, [$"augmentation.{setting}"])
                .Check()).Message);
        }
    }
}
