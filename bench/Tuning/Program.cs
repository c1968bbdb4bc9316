using System.Globalization;
using Toolchain.Clustering;
using Toolchain.Data;
using Toolchain.Data.Sources;
using Toolchain.Evaluate.Metrics;
using Toolchain.Evaluate.Probe;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Inference;
using Toolchain.Tuning;

// labels MODEL DATA [STEPS RATE SEEDS]: k-NN, linear probe, tuning of the classifier alone and of all, with 1, 10 and 100 labels of each
// class; head does the same without tuning all.
// adapt MODEL DATA [STEPS RATE SEEDS]: k-NN by all labels before and after tuning without labels.
string model = args[1];
using EncoderSession session = EncoderSession.Open(model, new EncoderOptions());
(ImageSet train, ImageSet test) = (ImageSource.Open(args[2], Split.Train), ImageSource.Open(args[2], Split.Test));
if (train.Sha256 == test.Sha256)
{
    ImageSet all = train;
    (train, test) = (all.Where(i => i % 5 != 4), all.Where(i => i % 5 == 4));
}
int classes = ImageClasses.OfBoth(train, test)!.Count;
int steps = Given(3, 300), seeds = Given(5, 3);
double rate = args.Length > 4 ? double.Parse(args[4], CultureInfo.InvariantCulture) : args[0] == "adapt" ? 0.03 : 1e-3;
Console.WriteLine($"{args[0]} {model} on {train.Name}: {train.Count} train, {test.Count} test, {steps} steps, rate {rate}");
Rows tests = Embed(session, test);
for (int seed = 0; seed < seeds; seed++)
{
    var options = new TuneOptions { Steps = steps, Rate = rate, Seed = seed, Threads = 1 };
    if (args[0] == "adapt")
    {
        OnnxModel adapted = ContrastTuning.Run(OnnxFile.Load(session.Path), train, options);
        Say($"seed {seed}: k-NN before {Neighbours(Embed(session, train), train, tests):p2}, after {After(adapted):p2}");
        continue;
    }
    foreach (int count in new[] { 1, 10, 100 })
    {
        ImageSet labelled = LabelledPick.Of(train, count, seed);
        Rows rows = Embed(session, labelled);
        double probe = LinearProbe.Accuracy(new(rows, labelled.Labels!), new(tests, test.Labels!), classes, seed);
        double head = Learned(labelled, rows, options with { HeadOnly = true });
        double? all = args[0] == "head" ? null : Learned(labelled, rows, options);
        (double one, double five) = (Neighbours(rows, labelled, tests, 1), Neighbours(rows, labelled, tests, 5));
        Say($"seed {seed}, {count} a class: k-NN (1) {one:p2}, k-NN (5) {five:p2}, probe {probe:p2}, head {head:p2}, tuned {all:p2}");
    }
}

int Given(int at, int absent) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : absent;

double Learned(ImageSet labelled, Rows rows, TuneOptions options)
{
    (OnnxModel encoder, LinearClassifier classifier) = LabelTuning.Run(OnnxFile.Load(session.Path), labelled, rows, classes, options);
    using EncoderSession tuned = Opened(encoder);
    return classifier.Assign(Embed(tuned, test)).Zip(test.Labels!).Count(pair => pair.First == pair.Second) / (double)test.Count;
}

double After(OnnxModel adapted)
{
    using EncoderSession tuned = Opened(adapted);
    return Neighbours(Embed(tuned, train), train, Embed(tuned, test));
}

double Neighbours(Rows rows, ImageSet labelled, Rows others, int k = 20) => NearestNeighbours.Accuracy(
    new(rows, labelled.Labels!), new(others, test.Labels!), [k])[0];

static Rows Embed(EncoderSession session, ImageSet data) => new(session.Run(data).Values, session.Dimension);

static EncoderSession Opened(OnnxModel encoder)
{
    string path = Path.Combine(Directory.CreateTempSubdirectory("tuned").FullName, "model.onnx");
    encoder.Save(path);
    return EncoderSession.Open(path, new EncoderOptions());
}

static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
