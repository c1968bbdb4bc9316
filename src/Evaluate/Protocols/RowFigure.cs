namespace Toolchain.Evaluate.Protocols;

/// <summary>A figure of a row, as <c>metrics.json</c> and the tables over seeds name it.</summary>
/// <param name="Key">Its name in <c>metrics.json</c>.</param>
/// <param name="Head">Head of its column.</param>
/// <param name="Of">Its value in a row; null where it was not taken.</param>
sealed record RowFigure(string Key, string Head, Func<EvaluationRow, double?> Of)
{
    /// <summary>Whether it is a share in [0..1], shown in percent.</summary>
    public bool IsShare { get; init; }

    /// <summary>Whether it needs labels.</summary>
    public bool NeedsLabels { get; init; }

    /// <summary>Its head, marked where it needs labels.</summary>
    public string HeadWithMark => NeedsLabels ? $"{Head} *" : Head;

    /// <summary>Figures of the clusters.</summary>
    public static IReadOnlyList<RowFigure> OfClusters { get; } =
    [
        new("accuracy", "accuracy", row => row.Accuracy) { IsShare = true, NeedsLabels = true },
        new("nmi", "NMI", row => row.Nmi) { NeedsLabels = true },
        new("ami", "AMI", row => row.Ami) { NeedsLabels = true },
        new("ari", "ARI", row => row.Ari) { NeedsLabels = true },
        new("purity", "purity", row => row.Purity) { IsShare = true, NeedsLabels = true },
        new("silhouette", "silhouette", row => row.Silhouette),
    ];

    /// <summary>Further figures of the clusters.</summary>
    public static IReadOnlyList<RowFigure> OfFit { get; } =
    [
        new("homogeneity", "homogeneity", row => row.Homogeneity) { NeedsLabels = true },
        new("completeness", "completeness", row => row.Completeness) { NeedsLabels = true },
        new("bic", "BIC", row => row.Bic),
        new("aic", "AIC", row => row.Aic),
    ];

    /// <summary>Figures of the embeddings, the same in every row of a model.</summary>
    public static IReadOnlyList<RowFigure> OfEmbeddings { get; } =
    [
        new("knn20", "k-NN (k=20)", row => row.NeighbourAccuracy) { IsShare = true, NeedsLabels = true },
        new("knn200", "k-NN (k=200)", row => row.NeighbourAccuracy200) { IsShare = true, NeedsLabels = true },
        new("linear", "linear", row => row.Linear) { IsShare = true, NeedsLabels = true },
        new("effective_rank", "effective rank", row => row.EffectiveRank),
        new("uniformity", "uniformity", row => row.Uniformity),
        new("alignment", "alignment", row => row.Alignment) { NeedsLabels = true },
    ];

    /// <summary>All figures.</summary>
    public static IEnumerable<RowFigure> All => [.. OfClusters, .. OfFit, .. OfEmbeddings];
}
