using System.Numerics;
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Layers;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) that reads and writes every weight once per step, where the usual chain of tensor operations goes
/// over them ten times: for a net of millions of weights and small batches that is a good part of a step. The result does not depend on the
/// number of threads.
/// </summary>
sealed class FusedAdam : Adam
{
    const double Decay2 = 0.999, Epsilon = 1e-8;

    // 256 kB of each of the four arrays.
    const int Chunk = 1 << 16;

    readonly Parameter[] learned;
    readonly double decay1;
    readonly int threads;

    /// <summary>An optimizer of <paramref name="parameters"/>.</summary>
    /// <param name="parameters">Float32 parameters.</param>
    /// <param name="learningRate">Size of a step.</param>
    /// <param name="decay1">Beta 1, in [0..1).</param>
    /// <param name="threads">Number of threads; 0 uses all processors.</param>
    public FusedAdam(IEnumerable<Parameter> parameters, double learningRate, double decay1, int threads = 0)
        : this([.. parameters], learningRate, decay1, threads)
    {
    }

    FusedAdam(Parameter[] learned, double learningRate, double decay1, int threads)
        : base(learned, learningRate, decay1, Decay2, Epsilon) => (this.learned, this.decay1, this.threads) = (learned, decay1, threads);

    /// <summary>The parameters in order.</summary>
    public IList<Tensor> Learned => learned;

    /// <summary>One step along <paramref name="gradients"/>, one for each of <see cref="Learned"/>.</summary>
    /// <exception cref="ArgumentException">There is another number of gradients.</exception>
    public void Step(IList<Tensor> gradients)
    {
        if (gradients.Count != learned.Length)
        {
            throw new ArgumentException($"'{nameof(gradients)}' must be one for each of {learned.Length} parameters, were "
                + $"{gradients.Count}.", nameof(gradients));
        }
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var parts = new List<Part>();
        for (int i = 0; i < learned.Length; i++)
        {
            var state = (State)_state[learned[i].Handle];
            state.step++;
            var scale = new Scale(ParamGroups.First().LearningRate / (1 - Math.Pow(decay1, state.step)),
                Math.Sqrt(1 - Math.Pow(Decay2, state.step)));
            if (learned[i].device_type == DeviceType.CPU)
            {
                Tensor gradient = gradients[i].contiguous();
                for (int start = 0; start < learned[i].numel(); start += Chunk)
                {
                    parts.Add(new Part(learned[i], gradient, state, scale, start));
                }
            }
            else
            {
                state.exp_avg.mul_(decay1).add_(gradients[i], alpha: 1 - decay1);
                state.exp_avg_sq.mul_(Decay2).addcmul_(gradients[i], gradients[i], value: 1 - Decay2);
                learned[i].addcdiv_(state.exp_avg, (state.exp_avg_sq.sqrt() / scale.Root).add_(Epsilon), value: -scale.Rate);
            }
        }
        Parallel.For(0, parts.Count, new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount },
            i => Update(parts[i]));
    }

    void Update(Part part)
    {
        Span<float> weight = part.Of(part.Weight), mean = part.Of(part.State.exp_avg), square = part.Of(part.State.exp_avg_sq),
            gradient = part.Of(part.Gradient);
        float keep1 = (float)decay1, take1 = (float)(1 - decay1), keep2 = (float)Decay2, take2 = (float)(1 - Decay2),
            rate = (float)part.Scale.Rate, root = (float)(1 / part.Scale.Root);
        int i = 0;
        for (; i <= weight.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var g = new Vector<float>(gradient[i..]);
            Vector<float> m = keep1 * new Vector<float>(mean[i..]) + take1 * g, v = keep2 * new Vector<float>(square[i..])
                + take2 * (g * g);
            (new Vector<float>(weight[i..]) - rate * m / (Vector.SquareRoot(v) * root + new Vector<float>((float)Epsilon)))
                .CopyTo(weight[i..]);
            m.CopyTo(mean[i..]);
            v.CopyTo(square[i..]);
        }
        for (; i < weight.Length; i++)
        {
            mean[i] = keep1 * mean[i] + take1 * gradient[i];
            square[i] = keep2 * square[i] + take2 * (gradient[i] * gradient[i]);
            weight[i] -= rate * mean[i] / (MathF.Sqrt(square[i]) * root + (float)Epsilon);
        }
    }

    // Learning rate over the bias of the mean, and the root of the bias of the squares.
    readonly record struct Scale(double Rate, double Root);

    readonly record struct Part(Tensor Weight, Tensor Gradient, State State, Scale Scale, int Start)
    {
        public Span<float> Of(Tensor tensor)
        {
            Span<float> all = MemoryMarshal.Cast<byte, float>(tensor.bytes);
            return all.Slice(Start, Math.Min(Chunk, all.Length - Start));
        }
    }
}
