using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Streams;

namespace Toolchain.Inference;

/// <summary>
/// One batch on its way through the pipeline, with buffers made once: images, the model's input, and its outputs, bound to the session.
/// </summary>
sealed class Slot : IDisposable
{
    readonly float[] input;
    readonly OrtIoBinding binding;
    readonly OrtValue inputValue;
    readonly OrtValue[] outputValues;

    public Slot(InferenceSession session, ImageBatch images, int[] axes, int clusterCount, string[] outputs)
    {
        Images = images;
        int batchSize = images.Capacity;
        input = new float[images.Pixels.Length];
        (Embedding, Probability, Cluster) = (new float[axes.Aggregate(batchSize, (product, size) => product * size)],
            new float[batchSize * clusterCount], new long[batchSize]);
        binding = session.CreateIoBinding();
        inputValue = OrtValue.CreateTensorValueFromMemory(input, images.Shape.Axes(batchSize));
        outputValues = [.. outputs.Select(output => output switch
        {
            "probability" => OrtValue.CreateTensorValueFromMemory(Probability, [batchSize, clusterCount]),
            "cluster" => OrtValue.CreateTensorValueFromMemory(Cluster, [batchSize]),
            _ => OrtValue.CreateTensorValueFromMemory(Embedding, [batchSize, .. axes.Select(size => (long)size)]),
        })];
        foreach ((string name, OrtValue value) in outputs.Zip(outputValues))
        {
            binding.BindOutput(name, value);
        }
    }

    /// <summary>Number of the batch in its source.</summary>
    public long Sequence { get; set; }

    public ImageBatch Images { get; }

    /// <summary>Embeddings [B,D], row-major.</summary>
    public float[] Embedding { get; }

    /// <summary>Probabilities [B,K], row-major.</summary>
    public float[] Probability { get; }

    /// <summary>The centre of the model's training images that is nearest to each image of a calibrated model; -1 for an image that cannot
    /// be read.</summary>
    public int[] NearestCentres { get; private set; } = [];

    /// <summary>Clusters [B].</summary>
    public long[] Cluster { get; }

    /// <summary>
    /// Runs the model on the decoded images. Rows beyond them are blank: the batch always has one size, so its results do not depend on how
    /// many there are.
    /// </summary>
    public void Run(InferenceSession session, RunOptions options)
    {
        ImageSet.ToFloats(Images.Pixels.AsSpan(0, Images.Count * Images.Shape.Size), input);
        // A device copies the input when it is bound, so it is bound for each run.
        binding.BindInput("image", inputValue);
        session.RunWithBinding(options, binding);
    }

    /// <summary>The finished batch as rows of a table: views of the buffers, or copies where images are left out.</summary>
    public LoggedRows Rows(EmbeddingColumns columns, Novelty? novelty)
    {
        int[] sound = [.. Enumerable.Range(0, Images.Count).Where(row => Images.Problems[row] is null)];
        string[] names = Array.ConvertAll(sound, row => Images.Names[row] is string name ? Printable.Line(name)
            : (Images.First + row).ToString(CultureInfo.InvariantCulture));
        string[] skipped = sound.Length == Images.Count ? [] : [.. Images.Problems.Take(Images.Count).OfType<string>()];
        float[] scores = Scores(novelty);
        return new(Images.Count, Images.FittedCount, Images.InvertedCount, sound.Count(row => novelty is not null && scores[row] > 1),
            Images.Checksum(), new(names, Pick(Embedding, columns.Dimension), Pick(Images.Labels, columns.HasLabels ? 1 : 0),
            Pick(Cluster, columns.HasClusters ? 1 : 0), Pick(Probability, columns.ClusterCount), Pick(scores, columns.HasNovelty ? 1 : 0)),
                skipped);

        ReadOnlyMemory<T> Pick<T>(T[] values, int width)
        {
            if (skipped.Length == 0)
            {
                return values.AsMemory(0, Images.Count * width);
            }
            var kept = new T[sound.Length * width];
            for (int i = 0; i < sound.Length; i++)
            {
                Array.Copy(values, sound[i] * width, kept, i * width, width);
            }
            return kept;
        }
    }

    /// <summary>Row and value of the first cluster, of an image that could be read, that is none of <paramref name="clusterCount"/>, or
    /// negative where that is 0; null for none.</summary>
    public (int Row, long Cluster)? OutOfRange(int clusterCount)
    {
        for (int row = 0; row < Images.Count; row++)
        {
            if (Images.Problems[row] is null && (Cluster[row] < 0 || Cluster[row] >= (clusterCount > 0 ? clusterCount : int.MaxValue)))
            {
                return (row, Cluster[row]);
            }
        }
        return null;
    }

    /// <summary>
    /// Row and value of the first element, of an image that could be read, that is not finite or beyond
    /// <see cref="EmbeddingTable.LargestMagnitude"/>; null for none.
    /// </summary>
    public (int Row, float Value)? NotFinite(int dimension, int clusterCount) =>
        NotFinite(Embedding, dimension) ?? NotFinite(Probability, clusterCount);

    (int Row, float Value)? NotFinite(float[] values, int width)
    {
        for (int i = 0; i < Images.Count * width; i++)
        {
            if (!(MathF.Abs(values[i]) <= EmbeddingTable.LargestMagnitude) && Images.Problems[i / width] is null)
            {
                return (i / width, values[i]);
            }
        }
        return null;
    }

    /// <summary>Novelty of each image of the batch; none without a <paramref name="novelty"/>.</summary>
    public float[] Scores(Novelty? novelty)
    {
        if (novelty is null)
        {
            return [];
        }
        float[] scores = new float[Images.Count];
        NearestCentres = new int[Images.Count];
        for (int row = 0; row < scores.Length; row++)
        {
            (int centre, float distance) = novelty.Nearest(Embedding.AsSpan(row * novelty.Dimension, novelty.Dimension));
            (NearestCentres[row], scores[row]) = (Images.Problems[row] is null ? centre : -1, (float)(distance / novelty.Distance));
        }
        return scores;
    }

    public void Dispose()
    {
        binding.Dispose();
        inputValue.Dispose();
        Array.ForEach(outputValues, value => value.Dispose());
    }
}
