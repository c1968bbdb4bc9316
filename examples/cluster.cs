#:package Toolchain.Clustering@0.1.0
#:property PublishAot=false
using Toolchain.Clustering;
using Toolchain.Clustering.KMeans;
using Toolchain.Clustering.Mixture;
using Toolchain.Clustering.Neighbours;
using Toolchain.Clustering.Tsne;

// 1,500 points of 16 numbers, in three clouds.
var random = new Random(0);
var values = new float[1500 * 16];
for (int i = 0; i < values.Length; i++)
{
    values[i] = random.NextSingle() + (i / 16 % 3 == i % 16 ? 5 : 0);
}
var rows = new Rows(values, 16);
KMeansResult means = KMeansClustering.Fit(rows, new() { ClusterCount = 3, Restarts = 5 });
Console.WriteLine($"k-means: sizes {string.Join(", ", means.Labels.CountBy(label => label).Select(pair => pair.Value))}");
GaussianMixture mixture = GaussianMixture.Fit(rows, new() { ComponentCount = 3, Covariance = CovarianceKind.Diagonal });
Console.WriteLine($"mixture: {(mixture.Converged ? "converged" : "stopped")}, first weight {mixture.Weights[0]:f3}");
NeighbourTable near = NeighbourSearch.OfEach(rows, 10, threads: 0);
int same = near.Indices.Index().Count(pair => pair.Index / 10 % 3 == pair.Item % 3);
Console.WriteLine($"neighbours: {same} of {near.Indices.Length} in the same cloud");
TsneResult map = TsneEmbedding.Fit(rows, new() { Iterations = 250 });
Console.WriteLine($"t-SNE: {map.Coordinates.Count} x {map.Coordinates.Width}");
