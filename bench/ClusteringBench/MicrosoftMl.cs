using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Toolchain.ClusteringBench;

/// <summary>k-means of ML.NET, with its own start (k-means++ cannot be given), the same tolerance and all threads.</summary>
sealed class MicrosoftMl
{
    readonly MLContext context = new(seed: 0);
    readonly IDataView data;

    public MicrosoftMl(float[] values, int width)
    {
        var schema = SchemaDefinition.Create(typeof(Point));
        schema[nameof(Point.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        data = context.Data.LoadFromEnumerable(values.Chunk(width).Select(row => new Point { Features = row }).ToArray(), schema);
    }

    public Outcome Fit(int count, int iterations, double tolerance)
    {
        var clock = Stopwatch.StartNew();
        var options = new KMeansTrainer.Options
        {
            NumberOfClusters = count,
            MaximumNumberOfIterations = iterations,
            OptimizationTolerance = (float)tolerance,
            NumberOfThreads = Environment.ProcessorCount,
            InitializationAlgorithm = KMeansTrainer.InitializationAlgorithm.KMeansPlusPlus,
            FeatureColumnName = nameof(Point.Features),
        };
        var model = context.Clustering.Trainers.KMeans(options).Fit(data);
        double seconds = clock.Elapsed.TotalSeconds;
        double mean = context.Clustering.Evaluate(model.Transform(data), featureColumnName: nameof(Point.Features)).AverageDistance;
        return new Outcome(seconds, iterations, mean);
    }

    sealed class Point
    {
        public float[] Features { get; set; } = [];
    }
}
