using Toolchain.Data;
using Toolchain.Graph;

namespace Toolchain.Train.Core;

/// <summary>What a fit works on.</summary>
/// <param name="Digits">The training images; labels are never read.</param>
/// <param name="Seed">Seed of everything random.</param>
/// <param name="Threads">Threads; 0 takes all processors.</param>
/// <param name="Cancellation">Stops the fit between iterations.</param>
sealed record FitJob(DigitSet Digits, int Seed, int Threads, CancellationToken Cancellation);

/// <summary>What a fit found.</summary>
/// <param name="Graph">From <c>image</c> to the outputs, complete but for metadata.</param>
/// <param name="Labels">The engine's own label of each training image, to which the graph must agree.</param>
/// <param name="Passes">Passes over the data.</param>
/// <param name="Summary">Inertia or likelihood, as a line for a person.</param>
/// <param name="Centres">A PNG of what the clusters have in their middle.</param>
sealed record FittedModel(GraphBuilder Graph, int[] Labels, int Passes, string Summary, byte[] Centres);
