using Toolchain.Data.Strokes;
using Toolchain.Train.Core;
using Toolchain.Train.Models.MoCo;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models;

public sealed class WhiteningTests
{
    // Variances 2 and 1/2 about (10, -3): along the axes 2 and 1 become 2 / 2^(s/2) and 1 * 2^(s/2).
    [Theory]
    [InlineData(0.0, 2.0, 1.0)]
    [InlineData(0.5, 1.6817928, 1.1892071)]
    [InlineData(1.0, 1.4142136, 1.4142136)]
    public void Fit_ByHand(double strength, double first, double second)
    {
        using var scope = NewDisposeScope();
        using var whitening = new Whitening(2);
        Tensor rows = tensor(new float[,] { { 12, -3 }, { 8, -3 }, { 10, -2 }, { 10, -4 } });
        whitening.Fit(rows, strength);
        float[] expected = [(float)first, 0, -(float)first, 0, 0, (float)second, 0, -(float)second];
        Assert.All(whitening.call(rows).data<float>().ToArray().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
    }

    // Of whole strength: mean 0, covariance 1, however the directions were stretched and turned.
    [Fact]
    public void Fit_AnyRows_LeavesNoDirectionAhead()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(3);
        using var whitening = new Whitening(5);
        Tensor rows = randn(400, 5).mul(tensor([9f, 3f, 1f, 1f, .2f])).matmul(linalg.qr(randn(5, 5)).Q) + 4;
        whitening.Fit(rows, 1);
        Tensor white = whitening.call(rows);
        Assert.All(white.mean([0]).data<float>().ToArray(), mean => Assert.Equal(0f, mean, 1e-4f));
        Assert.All((white.t().matmul(white) / 400 - eye(5)).flatten().data<float>().ToArray(), rest => Assert.Equal(0f, rest, 1e-3f));
    }

    [Fact]
    public void Forward_Unfitted_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var whitening = new Whitening(3);
        Tensor rows = rand(4, 3);
        Assert.Equal(rows.data<float>().ToArray(), whitening.call(rows).data<float>().ToArray());
    }

    [Fact]
    public void Fit_ConstantDirection_StaysFinite()
    {
        using var scope = NewDisposeScope();
        using var whitening = new Whitening(2);
        whitening.Fit(tensor(new float[,] { { 1, 5 }, { 2, 5 }, { 3, 5 } }), 1);
        Assert.All(whitening.call(tensor(new float[,] { { 1, 5 }, { 3, 5 } })).data<float>().ToArray(), value =>
            Assert.InRange(value, -2f, 2f));
    }

    // As of a folder of one image many times: divided by their variance of 0, all embeddings would be NaN.
    [Fact]
    public void Fit_EqualRows_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var whitening = new Whitening(2);
        Tensor rows = tensor(new float[,] { { .1f, 5 }, { .1f, 5 }, { .1f, 5 } });
        whitening.Fit(rows, .5);
        Assert.Equal(rows.data<float>().ToArray(), whitening.call(rows).data<float>().ToArray());
    }

    // The last step fits it to all images; in training the encoder is without it.
    [Theory]
    [InlineData(0.0, false)]
    [InlineData(0.5, true)]
    public void Step_Last_WhitensTheEncoderInEvaluation(double strength, bool whitened)
    {
        using var scope = NewDisposeScope();
        var job = new GradientJob(StrokeDigits.Draw(40, 1), 1, CPU, 1);
        using var trainer =
            new MoCoTrainer(new() { BatchSize = 4, QueueLength = 8, EmbeddingSize = 3, StepCount = 2, Whitening = strength }, job);
        trainer.Step(new Batch(0, 0, [1, 2, 3, 4]));
        Assert.Equal(eye(3).data<float>().ToArray(), Matrix());
        trainer.Step(new Batch(1, 0, [5, 6, 7, 8]));
        Assert.Equal(!whitened, Matrix().SequenceEqual(eye(3).data<float>().ToArray()));
        Assert.True(trainer.Encoder.training);
        using (no_grad())
        {
            trainer.Encoder.eval();
            Tensor mean = job.Predict(trainer.Embed).mean([0]); // of unit rows: near 0 where they were centred before
            Assert.Equal(whitened, mean.norm().item<float>() < .3f);
        }

        float[] Matrix() => trainer.Module.state_dict()["query.encoder.whitening.matrix"].data<float>().ToArray();
    }

    [Theory]
    [InlineData(-.1)]
    [InlineData(1.1)]
    public void Check_StrengthOutside_SaysSo(double strength) => Assert.StartsWith("'whitening' must be in [0..1], was ",
        Assert.Throws<ArgumentException>(() => new MoCoOptions { Whitening = strength }.Check()).Message, StringComparison.Ordinal);
}
