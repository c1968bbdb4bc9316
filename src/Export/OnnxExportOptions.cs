using Toolchain.Graph;
using Toolchain.Graph.Passes;

namespace Toolchain.Export;

/// <summary>How to export a module.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>
    /// The inputs in the order of the module's arguments. Without any they are called input, input_1, ... and share a batch axis N.
    /// </summary>
    public IReadOnlyList<ExportInput> Inputs { get; init; } = [];

    /// <summary>
    /// Distances between the sizes that the module accepts, by name of an axis; 1 without an entry. A net that halves its image three times
    /// and joins it again needs 8. Tracing and proof take the example's size plus such steps.
    /// </summary>
    public IReadOnlyDictionary<string, int> AxisSteps { get; init; } = new Dictionary<string, int>();

    /// <summary>Names of the outputs in the order of the module's results. Without any: output, output_1, ...</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Version of ONNX's operators, 13..23. The default is the highest that Debian 12's checker and OpenCV 4.6 read.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>Name of the graph.</summary>
    public string Name { get; init; } = "model";

    /// <summary>Text for a reader of the file (its doc string).</summary>
    public string Documentation { get; init; } = "";

    /// <summary>
    /// Changes to the finished graph that keep what it computes. Folding of batch norms is off by default, since it changes the weights.
    /// </summary>
    public GraphPasses Passes { get; init; } = GraphPasses.Default;

    /// <summary>Size of all weights, in bytes, from which they are saved into a file beside the model; protobuf ends at 2 GB.</summary>
    public long ExternalDataThreshold { get; init; } = 1_500_000_000;

    /// <summary>Free texts by key, written into the file.</summary>
    public IDictionary<string, string> Metadata { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Absolute difference that parity allows beside the others; whole numbers and truth values must be equal.</summary>
    public double AbsoluteTolerance { get; init; }

    /// <summary>
    /// Difference that parity allows, as a fraction of the element's value; float32 sums of a few thousand terms agree to about 1e-5.
    /// </summary>
    public double RelativeTolerance { get; init; } = 1e-5;

    /// <summary>
    /// Difference that parity allows beside it, as a fraction of the largest magnitude in the same output; the errors' root mean square may
    /// be no larger than this fraction of the output's. Where terms cancel, the error of float32 rounding is allowed as well.
    /// </summary>
    public double ScaleTolerance { get; init; } = 1e-4;

    /// <summary>
    /// Whether weights and computation are float16; inputs and outputs stay float32. Parity then allows <see cref="HalfTolerance"/> of the
    /// value and of the scale, and the report's budget is still that against the float64 evaluator on the unrounded weights.
    /// </summary>
    public bool Half { get; init; }

    /// <summary>
    /// What parity allows in half precision, as a fraction of the value and of the largest one: a half has 11 bits, so each rounding is up
    /// to 5e-4 of a value, and those of some tens of layers add up.
    /// </summary>
    public double HalfTolerance { get; init; } = 1e-2;

    internal Tolerance Tolerance => Half
        ? new Tolerance(AbsoluteTolerance, Math.Max(RelativeTolerance, HalfTolerance), Math.Max(ScaleTolerance, HalfTolerance))
        : new Tolerance(AbsoluteTolerance, RelativeTolerance, ScaleTolerance);

    /// <summary>
    /// Sizes of the batch at which parity is shown: one image, two sizes that were never traced, and the usual batch; at least one. Other
    /// named axes take sizes that were never traced. Parity is shown beside these at the ends of the axes' ranges, at sizes around every
    /// number in the module's code, and at random sizes. Of a module with large activations the default sizes and those around numbers are
    /// at most one more than the example's; sizes that are set here are kept.
    /// </summary>
    public IReadOnlyList<int> ProofSizes { get; init; } = DefaultProofSizes;

    internal static readonly IReadOnlyList<int> DefaultProofSizes = [1, 2, 7, 64];

    /// <summary>
    /// Seconds that tracing and proof may take together before the proof leaves out what is left; the proof has at least half of them. The
    /// most informative sizes come first, a size whose estimated cost does not fit is left out, and the first is always proven. The report
    /// lists what was left out.
    /// </summary>
    public double ProofSeconds { get; init; } = 10;

    /// <summary>
    /// Floating-point operations above which the float64 evaluator takes no part in a proof size, unless it is the first. A small net is
    /// proven by it at all sizes; the further runtimes prove a large one at the other sizes. The report says what was proven where.
    /// </summary>
    public double ProofFlops { get; init; } = 1e10;

    /// <summary>
    /// Whether NaN goes through maxima, minima, max pooling, sorting and top-k as in PyTorch (default true). Runtimes drop it there, so
    /// that each of these operators gets about four nodes more, unless the graph shows that no NaN can come. Without it the report names
    /// those operators (<see cref="ExportReport.DropsNaN"/>).
    /// </summary>
    public bool KeepNaN { get; init; } = true;

    /// <summary>Whether a module is traced as it trains: statistics of the batch, and masks in place of chance.</summary>
    internal bool Training { get; init; }

    /// <summary>Whether the report lists, for each runtime, the error after each node.</summary>
    public bool NodeErrors { get; init; }

    /// <summary>
    /// Runtimes to prove the model on, beside the float64 evaluator. By default ONNX Runtime where the package Toolchain.Export.OnnxRuntime
    /// is referenced, otherwise none.
    /// </summary>
    public IReadOnlyList<ParityRuntime> Runtimes { get; init; } = DefaultRuntimes.All;
}

/// <summary>A runtime that takes part in parity.</summary>
/// <param name="Name">Name and version, for the report.</param>
/// <param name="Run">Runs the bytes of a model on inputs by name and returns the outputs by name.</param>
public sealed record ParityRuntime(
    string Name, Func<byte[], IReadOnlyDictionary<string, TensorData>, IReadOnlyDictionary<string, TensorData>> Run)
{
    /// <summary>
    /// Runs the model at a path, which may have its weights beside it. Large models are proven so, and those above 2 GB cannot be proven
    /// otherwise; null for a runtime that only takes bytes.
    /// </summary>
    public Func<string, IReadOnlyDictionary<string, TensorData>, IReadOnlyDictionary<string, TensorData>>? RunFile { get; init; }

    /// <summary>Frees what the runtime keeps of the model that it ran last; called at the end of a proof.</summary>
    public Action? Release { get; init; }
}
