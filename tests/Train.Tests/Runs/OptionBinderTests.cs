using System.Globalization;
using Toolchain.Train.Core;
using Toolchain.Train.Models.Autoencoder;
using Toolchain.Train.Models.Capsules;
using Toolchain.Train.Models.KMeans;
using Toolchain.Train.Models.MoCo;
using Toolchain.Train.Runs;

namespace Toolchain.Train.Tests.Runs;

public sealed class OptionBinderTests
{
    [Fact]
    public void Apply_EveryKind_SetsItAndLeavesTheRest()
    {
        var defaults = new MoCoOptions();
        MoCoOptions set =
            OptionBinder.Apply(defaults, ["temperature=0.1", "stepCount=7", "schedule=cosine", "augmentation.shear=0.5", "stepcount=8"]);
        Assert.Equal(defaults with
        {
            Temperature = 0.1,
            StepCount = 8,
            Schedule = LearningRateSchedule.Cosine,
            Augmentation = defaults.Augmentation with { Shear = 0.5 }
        }, set);
        Assert.Equal(new MoCoOptions(), defaults);
        Assert.False(OptionBinder.Apply(new AutoencoderOptions(), ["denoise=false"]).Denoise);
    }

    [Fact]
    public void Apply_DataOfOtherClasses_CountsThemUnlessTheSettingsDo()
    {
        foreach (Method method in MethodRegistry.All.Where(known => known.Defaults.ClassesOption is not null))
        {
            string key = OptionBinder.List(method.Defaults).Single(option =>
                option.Key.Equals(method.Defaults.ClassesOption, StringComparison.OrdinalIgnoreCase)).Key;
            Assert.Equal(26, Count(OptionBinder.Apply(method.Defaults, [], 26, out string? remark)));
            Assert.Equal($"{key}=26: as many as classes have images; --set {key}= takes another number", remark);
            Assert.Equal(7, Count(OptionBinder.Apply(method.Defaults, [$"{key}=7"], 26, out remark)));
            Assert.Null(remark);
            Assert.Equal(method.Defaults, OptionBinder.Apply(method.Defaults, [], null, out _));
            Assert.Equal(method.Defaults, OptionBinder.Apply(method.Defaults, [], 1, out _));

            object Count(MethodOptions options) => OptionBinder.List(options).Single(option => option.Key == key).Value;
        }
        Assert.Equal(["kmeans", "gmm", "infogan", "capsules", "refine"],
            MethodRegistry.All.Where(known => known.Defaults.ClassesOption is not null).Select(known => known.Name));
        Assert.Equal(26, ((AutoencoderOptions)OptionBinder.Apply(new AutoencoderOptions(), ["preset=deep"], 26, out _)).ClusterCount);
        Assert.Equal(10, ((AutoencoderOptions)OptionBinder.Apply(new AutoencoderOptions(), [], 26, out string? none)).ClusterCount);
        Assert.Null(none);
        Assert.Equal(26, ((CapsulesOptions)OptionBinder.Apply(new CapsulesOptions(), ["preset=official"], 26, out _)).ClassCount);
    }

    /// <summary>What configurations leave out must be what they read back.</summary>
    [Theory]
    [InlineData]
    [InlineData("preset=clusters")]
    [InlineData("preset=deep", "clusterSteps=0", "contrastWeight=0", "network=auto", "precision=single")]
    [InlineData("clusterSteps=5", "clusterCount=3")]
    public void Record_OfAnyPreset_ReadsBack(params string[] settings)
    {
        AutoencoderOptions options = OptionBinder.Apply(new AutoencoderOptions(), settings);
        Assert.Equal(options, OptionBinder.Apply(new AutoencoderOptions(), OptionBinder.Record(options).Select(pair =>
            string.Create(CultureInfo.InvariantCulture, $"{pair.Name}={pair.Value}"))));
    }

    /// <summary>MoCo's flags are on by default and left out by methods without: a record without them has none.</summary>
    [Fact]
    public void Complete_ARecord_IsReadBackAndAnEarlierOneHasWhatItHad()
    {
        MoCoOptions without = OptionBinder.Apply(new MoCoOptions(), ["augmentation.flagProbability=0"]);
        string[] record = [.. OptionBinder.Record(without).Select(pair =>
            string.Create(CultureInfo.InvariantCulture, $"{pair.Name}={pair.Value}"))];
        Assert.Equal(without, Read(record));
        Assert.Equal(without with { Augmentation = without.Augmentation with { BlurProbability = 0 } },
            Read(record.Where(setting => !setting.Contains("flag") && !setting.Contains("blur"))));

        static MoCoOptions Read(IEnumerable<string> record) =>
            OptionBinder.Apply(new MoCoOptions(), OptionBinder.Complete(new MoCoOptions(), record));
    }

    [Fact]
    public void Record_OfThePosters_NamesWhatItNamedBeforeTheClusteringPhase() => Assert.Equal(
        ["hiddenSize", "embeddingSize", "denoise", "weightDecay", "batchSize", "stepCount", "learningRate", "schedule", "warmupSteps"],
        OptionBinder.Record(new AutoencoderOptions()).Select(pair => pair.Name).Where(name => !name.Contains('.')));

    [Fact]
    public void Apply_UnknownKey_SaysTheNearest() => Refused(new KMeansSystemOptions(), "clustercont=3",
        "--set 'clustercont=3': no option 'clustercont'; did you mean 'clusterCount'? There are clusterCount, restarts, maxIterations, "
            + "batchSize, cosine, deslant, unitLength, dimensions, varianceFraction, whiten.");

    [Theory]
    [InlineData("augmentation.shera=1", "augmentation.shera", "augmentation.shear")]
    [InlineData("augmentation.shear.x=1", "augmentation.shear.x", "augmentation.shear")]
    [InlineData("temperature.x=1", "temperature.x", "temperature")]
    [InlineData("momentun=1", "momentun", "momentum")]
    public void Apply_UnknownNestedKey_SaysTheNearestOfAll(string setting, string key, string nearest) => Assert.StartsWith(
        $"--set '{setting}': no option '{key}'; did you mean '{nearest}'? There are embeddingSize, network, projectionSize, queueLength,",
        Assert.Throws<ArgumentException>(() => OptionBinder.Apply(new MoCoOptions(), [setting])).Message);

    [Theory]
    [InlineData("stepCount=1.5", "a whole number of at most 16777216", "1.5")]
    [InlineData("stepCount=99999999999", "a whole number of at most 16777216", "99999999999")]
    [InlineData("temperature=warm", "a finite number with a decimal point", "warm")]
    [InlineData("temperature=0,1", "a finite number with a decimal point", "0,1")]
    [InlineData("temperature=", "a finite number with a decimal point", "")]
    [InlineData("schedule=linear", "one of constant, cosine", "linear")]
    [InlineData("schedule=7", "one of constant, cosine", "7")]
    public void Apply_IllTypedValue_SaysWhatIsExpected(string setting, string expected, string found) =>
        Refused(new MoCoOptions(), setting, $"--set '{setting}': expected {expected}, found '{found}'.");

    [Fact]
    public void Apply_IllTypedBoolean_SaysWhatIsExpected() =>
        Refused(new AutoencoderOptions(), "denoise=yes", "--set 'denoise=yes': expected true or false, found 'yes'.");

    [Theory]
    [InlineData("clusterCount")]
    [InlineData("=3")]
    public void Apply_NoKeyAndValue_ShowsTheForm(string setting) =>
        Refused(new KMeansSystemOptions(), setting, $"--set '{setting}': expected key=value, such as clusterCount=...");

    [Fact]
    public void Apply_CommaDecimalCulture_ReadsAndWritesPoints()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (commas.NumberFormat.NumberDecimalSeparator, commas.NumberFormat.NumberGroupSeparator) = (",", ".");
        CultureInfo.CurrentCulture = commas;
        try
        {
            Assert.Equal("0,5", 0.5.ToString(CultureInfo.CurrentCulture));
            MoCoOptions options = OptionBinder.Apply(new MoCoOptions(), ["temperature=0.125"]);
            Assert.Equal(0.125, options.Temperature);
            Assert.Contains("\"temperature\":0.125", Provenance.OptionsJson(options));
            Assert.Equal("'temperature' must be in [0.001..100], was -0.5.",
                Assert.Throws<ArgumentException>(() => (options with { Temperature = -0.5 }).Check()).Message);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void List_ThenApply_IsTheSameRecord()
    {
        foreach (Method method in MethodRegistry.All)
        {
            IEnumerable<string> settings = OptionBinder.List(method.Defaults)
                .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}"));
            Assert.Equal(method.Defaults, OptionBinder.Apply(method.Defaults, settings));
        }
    }

    static void Refused<T>(T options, string setting, string message) where T : MethodOptions =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => OptionBinder.Apply(options, [setting])).Message);
}
