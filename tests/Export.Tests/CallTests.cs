using Toolchain.Export.Tracing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Export.Tests;

/// <summary>
/// Modules of any signature, and what they are made of: constructed inside forward, kept in plain fields, lists or closures.
/// </summary>
public sealed class CallTests
{
    static readonly OnnxExportOptions proven = new() { Runtimes = [OrtRuntime.Create()], ProofSizes = [1, 7] };

    static TracedModel Agrees(nn.Module module, params Tensor?[] examples)
    {
        module.eval();
        TracedModel traced = OnnxExport.Trace(module, examples, proven);
        _ = traced.Prove();
        return traced;
    }

    public static TheoryData<string> Constructed => [.. constructions.Keys];

    static readonly Dictionary<string, Func<Tensor, Tensor>> constructions = new()
    {
        ["ReLU"] = x => nn.ReLU().call(x),
        ["Sequential"] = x => nn.Sequential(("a", nn.Tanh()), ("b", nn.Flatten()), ("c", nn.Softmax(1))).call(x),
        ["LayerNorm"] = x => nn.LayerNorm(6).call(x),
        ["BatchNorm1d"] = x => { BatchNorm1d norm = nn.BatchNorm1d(6); norm.eval(); return norm.call(x); },
        ["Identity of a list"] = x => new ModuleList<nn.Module<Tensor, Tensor>>(nn.Sigmoid(), nn.GELU())
            .Aggregate(x, (y, layer) => layer.call(y)),
        ["Parameter"] = x => x * new Parameter(ones(6) * 3),
        ["Linear of constant weights"] = x =>
        {
            Linear linear = nn.Linear(6, 2);
            nn.init.constant_(linear.weight!, 0.25);
            nn.init.zeros_(linear.bias!);
            return linear.call(x);
        },
        ["MaxPool and Upsample"] = x => nn.Upsample(size: [6], mode: UpsampleMode.Nearest).call(nn.MaxPool1d(2).call(x.unsqueeze(1)))
            .squeeze(1),
        ["Names of axes"] = x => x.has_names() ? x : x.exp(),
    };

    [Theory, MemberData(nameof(Constructed))]
    public void Modules_ConstructedInForward_Export(string name) => Agrees(new Fn(constructions[name]), rand(3, 6));

    sealed class Takes<T1, T2>(Func<T1, T2, Tensor> function) : nn.Module<T1, T2, Tensor>("Takes")
    {
        public override Tensor forward(T1 first, T2 second) => function(first, second);
    }

    sealed class TakesAll(Func<Tensor[], Tensor> function) : nn.Module<Tensor[], Tensor>("TakesAll")
    {
        public override Tensor forward(Tensor[] all) => function(all);
    }

    sealed class Defaulted() : nn.Module<Tensor, Tensor?, double, Tensor>("Defaulted")
    {
        public override Tensor forward(Tensor x, Tensor? mask = null, double scale = 3) => (mask is null ? x : x * mask) * scale;
    }

    [Fact]
    public void Arguments_OfEveryKind_AreFilled()
    {
        Assert.Equal(3, Agrees(new TakesAll(all => all.Aggregate((a, b) => a + b)), rand(2, 4), rand(2, 4), rand(2, 4)).Model.Inputs.Count);
        Agrees(new Takes<Tensor, (Tensor A, Tensor B)>((x, pair) => x * pair.A + pair.B), rand(2, 4), rand(2, 4), rand(2, 4));
        Agrees(new Takes<IList<Tensor>, Tensor>((many, last) => many[0] - many[1] * last), rand(2, 4), rand(2, 4), rand(2, 4));
        Agrees(new Takes<Tensor, Tensor?>((x, y) => y is null ? x.exp() : x * y), rand(2, 4), null);
        Assert.Single(Agrees(new Defaulted(), rand(2, 4)).Model.Inputs);
        Assert.Equal(2, Agrees(new Defaulted(), rand(2, 4), rand(2, 4)).Model.Inputs.Count);
    }

    [Fact]
    public void Recurrences_Bare_Export()
    {
        Assert.Equal(["[5,N,3]", "[1,N,3]", "[1,N,3]"], Bare(nn.LSTM(4, 3), rand(5, 2, 4)));
        Assert.Equal(["[5,N,3]", "[1,N,3]", "[1,N,3]"], Bare(nn.LSTM(4, 3), rand(5, 2, 4), rand(1, 2, 3), rand(1, 2, 3)));
        Assert.Equal(["[5,N,6]", "[2,N,3]"], Bare(nn.GRU(4, 3, bidirectional: true), rand(5, 2, 4)));
        Assert.Equal(["[5,N,3]", "[1,N,3]"], Bare(nn.RNN(4, 3), rand(5, 2, 4)));

        static string[] Bare(nn.Module module, params Tensor[] examples)
        {
            module.eval();
            OnnxExportOptions options =
                proven with { Inputs = [.. examples.Select((x, i) => new ExportInput($"x{i}", x.shape[0], Axis.Named("N"), x.shape[2]))] };
            TracedModel traced = OnnxExport.Trace(module, examples, options);
            _ = traced.Prove();
            return [.. traced.Model.Outputs.Select(output => output.Shape.ToString())];
        }
    }

    [Fact]
    public void Scalars_WithoutAxes_AreInputs() =>
        Assert.Equal("[]",
        Agrees(new Takes<Tensor, Tensor>((x, scale) => x * scale), rand(2, 4), tensor(3f)).Model.Inputs[1].Shape.ToString());

    [Fact]
    public void OneNumber_IsAnInput() => Agrees(new Fn(x => x * 2 + 1), tensor(3f));

    [Fact]
    public void Arguments_ThatDoNotFit_SayWhatIsExpected() => Assert.Equal(
        "module 'Takes`2' cannot be called with 3 tensors; it takes (Tensor input1, Tensor input2) or (Tensor first, Tensor second).",
        Assert.Throws<ExportException>(() => Agrees(new Takes<Tensor, Tensor>((a, b) => a + b), rand(2), rand(2), rand(2))).Message);

    [Fact]
    public void Nulls_AreNamed()
    {
        Assert.Equal("module", Assert.Throws<ArgumentNullException>(() => OnnxExport.Trace(null!, rand(2))).ParamName);
        Assert.Equal("example", Assert.Throws<ArgumentNullException>(() => OnnxExport.Trace(new Fn(x => x), (Tensor)null!)).ParamName);
        Assert.Equal("examples",
            Assert.Throws<ArgumentNullException>(() => OnnxExport.Explain(new Fn(x => x), (IReadOnlyList<Tensor?>)null!)).ParamName);
        Assert.Contains("at least one example input is needed",
            Assert.Throws<ExportException>(() => OnnxExport.Trace(new Fn(x => x), [null])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Exceptions_OfUserCode_ComeThroughUnchanged()
    {
        var own = new FormatException("mine");
        Assert.Same(own, Assert.Throws<FormatException>(() => OnnxExport.Trace(new Fn(_ => throw own), rand(2, 3))));
        Assert.StartsWith("mat1 and mat2 shapes cannot be multiplied", Failed(x => x.mm(ones(4, 4))), StringComparison.Ordinal);
        Assert.StartsWith("The size of tensor a (3) must match", Failed(x => { x.add_(ones(2, 4)); return x; }), StringComparison.Ordinal);
        Assert.StartsWith("mat1 and mat2 shapes cannot be multiplied", Failed(x => x.exp() + nn.Linear(4, 4).call(x)),
            StringComparison.Ordinal);

        static string Failed(Func<Tensor, Tensor> function) =>
            Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => OnnxExport.Trace(new Fn(function), rand(2, 3))).Message;
    }

    [Fact]
    public void Exceptions_ThatUserCodeCatches_LeaveTheTraceWhole() => Agrees(new Fn(x =>
    {
        try
        {
            return x.mm(ones(4, 4));
        }
        catch (System.Runtime.InteropServices.ExternalException)
        {
            return x.exp();
        }
    }), rand(2, 3));

    sealed class Counting : nn.Module<Tensor, Tensor>
    {
        readonly Tensor count = zeros(1);

        public Counting(Func<Tensor, Tensor> then) : base(nameof(Counting))
        {
            this.then = then;
            RegisterComponents();
        }

        readonly Func<Tensor, Tensor> then;

        public Tensor Count => count;

        public override Tensor forward(Tensor x)
        {
            count.add_(1);
            return then(x);
        }
    }

    [Fact]
    public void Buffers_AfterAnExport_AreAsBefore()
    {
        using var refused = new Counting(x => x.i0().mvlgamma(1));
        refused.eval();
        Assert.Throws<ExportException>(() => OnnxExport.Trace(refused, rand(2, 3)));
        Assert.Equal(0, refused.Count.item<float>());

        using var failing = new Counting(_ => throw new FormatException());
        failing.eval();
        Assert.Throws<FormatException>(() => OnnxExport.Trace(failing, rand(2, 3)));
        Assert.Equal(0, failing.Count.item<float>());
    }

    [Fact]
    public void Exports_InParallel_StayRight()
    {
        using var shared = new ContrastNet();
        string[] digests = new string[8];
        Parallel.For(0, digests.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using var scope = NewDisposeScope();
            digests[i] = OnnxExport.Trace(shared, full([2, 1, 28, 28], 0.5f), proven with { ProofSizes = [1] }).Prove().Sha256;
            // Calls of this thread while another one records are no part of its recording.
            Assert.Equal([2L, 12L], shared.call(rand(2, 1, 28, 28)).shape);
        });

        Assert.Single(digests.Distinct());
    }

    sealed record Config(Tensor Scale, float[] Plain);

    sealed class Hoarder : nn.Module<Tensor, Tensor>
    {
        readonly TorchSharp.Scalar half = TorchSharp.ScalarExtensionMethods.ToScalar(0.5);
        readonly Tensor[] parts = [ones(4), ones(4) * 2];
        readonly List<nn.Module<Tensor, Tensor>> layers = [nn.Linear(4, 4), nn.Tanh()];
        readonly Dictionary<string, Tensor> named = new() { ["shift"] = ones(4) * 5 };
        readonly Config config = new(ones(4) * 7, [1, 2]);
        readonly (Tensor First, int Second) pair = (ones(4) * 9, 1);
        readonly GRUCell cell = nn.GRUCell(4, 4);
        readonly Func<Tensor, Tensor> closure;

        public Hoarder() : base(nameof(Hoarder))
        {
            Tensor caught = ones(4) * 11;
            closure = x => x + caught;
            register_buffer("quiet", ones(4) * 13, persistent: false);
        }

        public override Tensor forward(Tensor x)
        {
            Tensor y = layers.Aggregate(x * parts[0] + parts[1], (y, layer) => layer.call(y)) * named["shift"] * config.Scale - pair.First;
            return closure(y).mul(half) + get_buffer("quiet")! + cell.call(y, null!);
        }
    }

    [Fact]
    public void Tensors_InPlainFields_AreConstantsNamedByTheirFields()
    {
        using var net = new Hoarder();
        net.eval();

        TracedModel traced = Agrees(net, rand(3, 4));

        string[] names = [.. traced.Model.Initializers.Select(pair => pair.Key)];
        Assert.Superset(
            new HashSet<string> { "parts[0]", "parts[1]", "layers[0].weight", "layers[0].bias", "named[shift]", "config.Scale", "pair[0]",
                "closure.caught", "quiet", "cell.W" }, names.ToHashSet());
    }
}
