using Microsoft.ML.OnnxRuntime;
using Toolchain.Export.Tracing;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

/// <summary>
/// LSTM, GRU and RNN of two layers in both directions, with a named length and a named batch, in both layouts, with and without initial
/// states: results and last states agree at other lengths and batches, at every opset.
/// </summary>
public sealed class RecurrentTests
{
    const int Width = 6, Hidden = 5, Layers = 2, Directions = 2;

    public static IEnumerable<TheoryDataRow<string, bool, bool>> Kinds =>
        from kind in (string[])["LSTM", "GRU", "RNN tanh", "RNN relu"]
        from isBatchFirst in (bool[])[false, true]
        from isGiven in (bool[])[false, true]
        select new TheoryDataRow<string, bool, bool>(kind, isBatchFirst, isGiven);

    [Theory, MemberData(nameof(Kinds))]
    public void Export_OfRecurrentLayer_AgreesAtOtherLengthsAndBatches(string kind, bool isBatchFirst, bool isGiven) =>
        Agrees(kind, isBatchFirst, isGiven, 17, 23);

    [Theory, MemberData(nameof(Kinds)), Trait("Category", "Slow")]
    public void Export_OfRecurrentLayer_AgreesAtTheOtherOpsets(string kind, bool isBatchFirst, bool isGiven) =>
        Agrees(kind, isBatchFirst, isGiven, 13, 14, 15, 16, 18, 19, 20, 21, 22);

    static void Agrees(string kind, bool isBatchFirst, bool isGiven, params int[] opsets)
    {
        manual_seed(4);
        using nn.Module module = Make(kind, isBatchFirst, isGiven);
        Axis length = Axis.Named("L"), batch = Axis.Named("B");
        Tensor x = isBatchFirst ? randn(3, 7, Width) : randn(7, 3, Width);
        ExportInput[] inputs = [new("x", isBatchFirst ? [batch, length, Width] : [length, batch, Width]),
            .. States(kind, isGiven).Select(name => new ExportInput(name, Layers * Directions, batch, Hidden))];
        Tensor[] examples = [x, .. States(kind, isGiven).Select(_ => randn(Layers * Directions, 3, Hidden))];

        foreach (int opset in opsets)
        {
            ExportReport report = OnnxExport.Trace(module, examples, new OnnxExportOptions
            {
                Inputs = inputs,
                Opset = opset,
                ProofSeconds = 600,
                Runtimes = [OrtRuntime.Create(), OrtRuntime.Create(GraphOptimizationLevel.ORT_DISABLE_ALL)],
            }).Prove();

            string[][] proven = [.. report.Proven.Select(sizes => sizes.Split(", ").Order().ToArray())];
            Assert.Contains(["B=1", "L=1"], proven);
            Assert.All([0, 1], axis => Assert.InRange(proven.Select(sizes => sizes[axis]).Distinct().Count(), 4, 100));
            Assert.Empty(report.NotProven);
            Assert.Contains(kind.Split(' ')[0], report.Operators.Keys);
        }
    }

    static string[] States(string kind, bool isGiven) => !isGiven ? [] : kind == "LSTM" ? ["hidden", "cell"] : ["hidden"];

    static nn.Module Make(string kind, bool isBatchFirst, bool isGiven) => kind switch
    {
        "LSTM" => new Recurrent(nn.LSTM(Width, Hidden, Layers, batchFirst: isBatchFirst, bidirectional: true), isGiven),
        "GRU" => new Recurrent(nn.GRU(Width, Hidden, Layers, batchFirst: isBatchFirst, bidirectional: true), isGiven),
        _ => new Recurrent(nn.RNN(Width, Hidden, Layers, kind == "RNN tanh" ? nn.NonLinearities.Tanh : nn.NonLinearities.ReLU,
            batchFirst: isBatchFirst, bidirectional: true), isGiven),
    };

    /// <summary>All results of a layer, with the states that it is given.</summary>
    sealed class Recurrent : nn.Module<Tensor, Tensor?, Tensor?, (Tensor, Tensor, Tensor?)>
    {
        readonly nn.Module layer;
        readonly bool isGiven;

        public Recurrent(nn.Module layer, bool isGiven) : base(nameof(Recurrent))
        {
            (this.layer, this.isGiven) = (layer, isGiven);
            RegisterComponents();
            eval();
        }

        public override (Tensor, Tensor, Tensor?) forward(Tensor x, Tensor? hidden = null, Tensor? cell = null) => layer switch
        {
            TorchSharp.Modules.LSTM lstm => isGiven ? lstm.call(x, (hidden!, cell!)) : lstm.call(x),
            TorchSharp.Modules.GRU gru => Of(isGiven ? gru.call(x, hidden) : gru.call(x)),
            TorchSharp.Modules.RNN rnn => Of(isGiven ? rnn.call(x, hidden) : rnn.call(x)),
            _ => throw new InvalidOperationException(),
        };

        static (Tensor, Tensor, Tensor?) Of((Tensor All, Tensor Last) results) => (results.All, results.Last, null);
    }
}
