using System.Diagnostics;
using Toolchain.Clustering;
using Toolchain.Clustering.KMeans;
using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Inspection;
using Toolchain.Inference;

namespace Toolchain.Deploy.Runtimes;

/// <summary>The runtimes of this process.</summary>
static class OwnRuntimes
{
    // Of the evaluator, which is slow on purpose; and its images in a batch.
    const double MostFlops = 1e9;
    const int BatchSize = 16;

    /// <summary>ONNX Runtime on an NVIDIA GPU.</summary>
    /// <exception cref="RuntimeAbsentException">There is none.</exception>
    public static RuntimeOutputs Cuda(CheckedModel model, CancellationToken cancellation)
    {
        if (!RuntimeInfo.Providers.Contains("CUDAExecutionProvider"))
        {
            throw new RuntimeAbsentException("not found: an ONNX Runtime with CUDA (a build with -p:Gpu=true)");
        }
        try
        {
            using EncoderSession session = EncoderSession.Open(model.Model.Session.Path, new() { Device = ComputeDevice.Cuda });
            return CheckedModel.Run(session, model.Names, model.Images, cancellation);
        }
        catch (PlatformNotSupportedException error)
        {
            throw new RuntimeAbsentException(error.Message.TrimEnd('.'));
        }
    }

    /// <summary>Our evaluator in float64, on fewer images.</summary>
    /// <exception cref="RuntimeAbsentException">It lacks an operator of the model.</exception>
    public static RuntimeOutputs Evaluated(CheckedModel model, CancellationToken cancellation)
    {
        double? flops = FlopCount.PerRow(model.Model.Graph);
        int count = Math.Min(model.Images.Count, flops is > 0 and double known
            ? Math.Max(BatchSize, (int)Math.Min(CheckedModel.Few, MostFlops / known) / BatchSize * BatchSize) : BatchSize);
        ImageSet images = model.Images.Take(count);
        var (embedding, probability, clusters) = (new List<float>(), new List<float>(), new List<int>());
        var clock = Stopwatch.StartNew();
        try
        {
            for (int start = 0; start < count; start += BatchSize)
            {
                cancellation.ThrowIfCancellationRequested();
                int rows = Math.Min(BatchSize, count - start);
                IReadOnlyDictionary<string, TensorData> found = Evaluator.Run(model.Model.Graph, new Dictionary<string, TensorData>
                {
                    [model.Model.Graph.Inputs[0].Name] = TensorData.Of(images.ToFloats(start, rows), images.Shape.Axes(rows)),
                });
                embedding.AddRange(Floats("embedding"));
                probability.AddRange(Floats("probability"));
                clusters.AddRange(Floats("cluster").Select(value => (int)value));

                IEnumerable<float> Floats(string name) => found.TryGetValue(name, out TensorData? value)
                    ? value.ToDoubles().Select(number => (float)number) : [];
            }
        }
        catch (GraphException error)
        {
            throw new RuntimeAbsentException(Printable.Line(error.Message));
        }
        double seconds = clock.Elapsed.TotalSeconds;
        float[] values = [.. embedding];
        return new(typeof(Evaluator).Assembly.GetName().Version!.ToString(3), count, seconds, values, [.. probability],
            model.Names.Centres is { } centres ? KMeansClustering.Assign(new Rows(values, centres.Width), centres)
            : clusters.Count > 0 ? [.. clusters] : null);
    }
}
