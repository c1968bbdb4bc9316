using Toolchain.Data;
using Toolchain.Data.Strokes;
using Toolchain.Train.Core;
using Toolchain.Train.Models.Refine;
using Toolchain.Train.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models;

public sealed class JointTeacherTests
{
    static readonly ImageSet digits = StrokeDigits.Draw(60, 1);

    [Fact]
    public void EmbedAll_EncodersOfTwoScales_AreSideBySideOfLengthRootOfD()
    {
        using var teacher = new JointTeacher(Given(new Fixed([3, 4]), new Fixed([0, 500, 0, 0])), 6, 2);
        float root = MathF.Sqrt(2);
        Assert.Equal([0.6f * root, 0.8f * root, 0, 2, 0, 0], teacher.EmbedAll().data<float>().ToArray(),
            (a, b) => MathF.Abs(a - b) < 1e-6f);
    }

    /// <summary>Two encoders of which each sees one half of an image: only together they tell four kinds apart.</summary>
    [Fact]
    public void Name_OfEncodersThatSeeAHalfEach_TellsFourKinds()
    {
        manual_seed(1);
        using var teacher = new JointTeacher(Given(new Half(0), new Half(1)), 4, 4);
        Tensor kinds = arange(40).remainder(4), images = stack([.. Enumerable.Range(0, 40).Select(kind => Halves(kind % 4))]);
        Assert.True(Right() < 1);
        teacher.Fit(cat([new Half(0).Embed(images), new Half(1).Embed(images)], 1) * MathF.Sqrt(2), kinds);
        Assert.Equal(1, Right());
        Assert.False(teacher.Name(images).requires_grad);

        float Right() => teacher.Name(images).argmax(1).eq(kinds).to(float32).mean().item<float>();
    }

    [Fact]
    public void Step_WithDistillation_AsksTheTeacherForEachView()
    {
        var seen = new Fixed([1, 0, 2]);
        var options = new RefineOptions
        {
            From = "a,b",
            StepCount = 3,
            Rounds = 1,
            BatchSize = 16,
            ClusterCount = 3,
            Distillation = true,
        };
        using var trainer = new RefineTrainer(options, new GradientJob(digits, 1, CPU, 1),
            (folder, _) => folder == "a" ? seen : new Pixels());
        var sampler = new BatchSampler(60, 16, 1);
        for (int step = 0; step < 3; step++)
        {
            Assert.True(float.IsFinite(trainer.Step(sampler[step])[0].Value));
        }
        Assert.Equal([1, 32, 32, 32], seen.Asked); // one image for its size, then both views of 16
        var model = (Refinement)trainer.Module;
        Assert.Equal(60, model.Labels.Confident.sum().ToSingle());
        Assert.Contains("teacher.head.weight", model.state_dict().Keys);
        Assert.Equal([3, 3 + 784], model.state_dict()["teacher.head.weight"].shape);
    }

    [Theory]
    [InlineData("rounds=2", "'rounds' must be 1 with distillation, was 2.")]
    [InlineData("headSteps=5", "'headSteps' must be 0 with distillation, was 5.")]
    [InlineData("ensembling=0.5", "'ensembling' must be 0 with distillation, was 0.5.")]
    public void Check_DistillationBesidesOtherLabels_SaysSo(string setting, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => OptionBinder.Apply(new RefineOptions { From = "none", Rounds = 1 },
            ["distillation=true", setting]).Check()).Message);

    static Lazy<ITrainedEncoder[]> Given(params ITrainedEncoder[] encoders) => new(() => encoders);

    // The left half is light where the kind is odd, the right half where it is above 1.
    static Tensor Halves(int kind) => cat([full([1, 28, 14], (float)(kind % 2)), full([1, 28, 14], (float)(kind / 2))], 2);

    abstract class Encoder : ITrainedEncoder
    {
        public abstract Tensor Embed(Tensor images);

        public virtual Tensor EmbedAll() => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }

    // Says the same of every image.
    sealed class Fixed(float[] embedding) : Encoder
    {
        public List<long> Asked { get; } = [];

        public override Tensor Embed(Tensor images)
        {
            Asked.Add(images.shape[0]);
            return tensor(embedding).unsqueeze(0).repeat(images.shape[0], 1);
        }

        public override Tensor EmbedAll() => tensor(embedding).unsqueeze(0).repeat(embedding.Length == 3 ? digits.Count : 1, 1);
    }

    sealed class Pixels : Encoder
    {
        public override Tensor Embed(Tensor images) => images.flatten(1);

        public override Tensor EmbedAll() => new GradientJob(digits, 1, CPU, 1).Images([.. Enumerable.Range(0, 60)]).flatten(1);
    }

    // Whether one half of an image is light, as one of two axes.
    sealed class Half(int side) : Encoder
    {
        public override Tensor Embed(Tensor images)
        {
            Tensor isLight = images.chunk(2, 3)[side].flatten(1).mean([1]).unsqueeze(1); // [N,1]
            return cat([isLight, 1 - isLight], 1);
        }
    }
}
