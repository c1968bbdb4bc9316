using static Toolchain.Graph.Tests.OperatorRun;

namespace Toolchain.Graph.Tests;

/// <summary>Recurrent operators of width 1 on two steps, worked out from their equations.</summary>
public sealed class RecurrentOperatorTests
{
    static readonly TensorData x = TensorData.Of([1.0, -2], 2, 1, 1); // [L,N,I]

    static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));

    static TensorData Gates(params double[] weights) => TensorData.Of(weights, 1, weights.Length, 1);

    [Fact]
    public void Rnn_AddsInputAndState()
    {
        double first = Math.Tanh(0.5 * 1 + 0.1), second = Math.Tanh(0.5 * -2 + 0.25 * first + 0.1);

        Near([first, second], Of("RNN", null, 0, 2, x, Gates(0.5), Gates(0.25), TensorData.Of([0.1, 0], 1, 2)));
        Near([second], Of("RNN", null, 1, 2, x, Gates(0.5), Gates(0.25), TensorData.Of([0.1, 0], 1, 2)));
    }

    [Fact]
    public void Rnn_Relu_Backwards_StartsAtTheEnd() => // -2 gives 0, then 1 gives 0.5
        Near([0.5, 0], Of("RNN", new Attributes { ["direction"] = "reverse", ["activations"] = new[] { "Relu" } }, 0, 2, x, Gates(0.5),
        Gates(0.25)));

    [Fact]
    public void Gru_ResetsAfterTheProduct()
    {
        double h = 0;
        var expected = new List<double>();
        foreach (double input in x.ToDoubles())
        {
            double z = Sigmoid(0.1 * input + 0.4 * h), r = Sigmoid(0.2 * input + 0.5 * h),
                candidate = Math.Tanh(0.3 * input + r * (0.6 * h + 0.7));
            h = (1 - z) * candidate + z * h;
            expected.Add(h);
        }

        Near([.. expected], Of("GRU", new Attributes { ["linear_before_reset"] = 1 }, 0, 2, x, Gates(0.1, 0.2, 0.3), Gates(0.4, 0.5, 0.6),
            TensorData.Of([0.0, 0, 0, 0, 0, 0.7], 1, 6)));
    }

    [Fact]
    public void Gru_ResetsBeforeTheProduct()
    {
        double h = 0.9, z = Sigmoid(0.1 + 0.4 * h), r = Sigmoid(0.2 + 0.5 * h), candidate = Math.Tanh(0.3 + 0.6 * (r * h));

        Near([(1 - z) * candidate + z * h], Of("GRU", null, 0, 2, TensorData.Of([1.0], 1, 1, 1), Gates(0.1, 0.2, 0.3), Gates(0.4, 0.5, 0.6),
            null, null, TensorData.Of([0.9], 1, 1, 1)));
    }

    [Fact]
    public void Lstm_KeepsACell() // gates i, o, f, c
    {
        (double h, double c) = (0.3, -0.2);
        foreach (double input in x.ToDoubles())
        {
            double i = Sigmoid(0.1 * input + 0.5 * h), o = Sigmoid(0.2 * input + 0.6 * h), f = Sigmoid(0.3 * input + 0.7 * h),
                g = Math.Tanh(0.4 * input + 0.8 * h);
            c = f * c + i * g;
            h = o * Math.Tanh(c);
        }
        TensorData[] state = [TensorData.Of([0.3], 1, 1, 1), TensorData.Of([-0.2], 1, 1, 1)];

        Near([h], Of("LSTM", null, 1, 3, x, Gates(0.1, 0.2, 0.3, 0.4), Gates(0.5, 0.6, 0.7, 0.8), null, null, state[0], state[1]));
        Near([c], Of("LSTM", null, 2, 3, x, Gates(0.1, 0.2, 0.3, 0.4), Gates(0.5, 0.6, 0.7, 0.8), null, null, state[0], state[1]));
    }
}
