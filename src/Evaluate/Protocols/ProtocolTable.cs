namespace Toolchain.Evaluate.Protocols;

/// <summary>One way to cluster a model's outputs and to name the clusters: a row of the report.</summary>
/// <param name="Protocol">The protocol that asks for it.</param>
/// <param name="Clusterer">What makes the clusters.</param>
/// <param name="ClusterCount">Number of clusters (K); less where there are fewer images.</param>
/// <param name="Naming">How clusters get classes.</param>
sealed record Recipe(Protocol Protocol, Clusterer Clusterer, int ClusterCount, ClusterNaming Naming);

/// <summary>The protocols as a table: what is done for which outputs.</summary>
/// <param name="strictClusters">Clusters of the strict protocol, one a class.</param>
/// <param name="hasPoster">Whether the poster's protocol is for such data: digits.</param>
/// <param name="hasBalanced">Whether clusters of even size are asked for.</param>
sealed class ProtocolTable(int strictClusters, bool hasPoster, bool hasBalanced = false)
{
    const int Digits = 10;

    // What the poster's code did with each system (YunzeMan/Empirical-Study-on-Unsupervised-Learning); others get 130
    // components, as its last one did.
    static readonly Dictionary<string, Recipe> poster = new()
    {
        ["autoencoder"] = Poster(Clusterer.Gmm, 40, ClusterNaming.MajorityVote),
        ["infogan"] = Poster(Clusterer.Own, Digits, ClusterNaming.OneToOne),
        ["moco"] = Poster(Clusterer.Gmm, 130, ClusterNaming.MajorityVote),
        ["capsules"] = Poster(Clusterer.KMeans, Digits, ClusterNaming.OneToOne),
    };

    static readonly Recipe posterDefault = Poster(Clusterer.Gmm, 130, ClusterNaming.MajorityVote);

    public int StrictClusters => strictClusters;

    public bool HasPoster => hasPoster;

    /// <summary>k-means clusters of the strict protocol, mapped one-to-one.</summary>
    public Recipe StrictKMeans => Strict(Clusterer.KMeans);

    /// <summary>What the poster's code did with the embeddings of a method.</summary>
    public static Recipe PosterEmbedding(string method) =>
        poster.TryGetValue(method, out Recipe? known) && known.Clusterer != Clusterer.Own ? known : posterDefault;

    /// <summary>The rows of a model, in order.</summary>
    /// <param name="outputs">The model's outputs.</param>
    /// <param name="protocols">The protocols asked for; of data that the poster's is not for, the strict one is left.</param>
    /// <param name="canMix">Whether a mixture of its embeddings, or balanced clusters, are affordable.</param>
    /// <param name="hasSpectrum">Whether spectral clusters of its embeddings can be made; asked only where they would be shown.</param>
    public IEnumerable<Recipe> Of(ModelOutputs outputs, ProtocolChoice protocols, bool canMix, Func<bool> hasSpectrum) =>
    [
        .. protocols == ProtocolChoice.Poster ? [] : StrictOf(outputs, canMix, hasSpectrum),
        .. protocols == ProtocolChoice.Strict || !HasPoster ? [] : PosterOf(outputs, canMix, hasSpectrum),
    ];

    IEnumerable<Recipe> StrictOf(ModelOutputs outputs, bool canMix, Func<bool> hasSpectrum)
    {
        // Own clusters of another number have a row of the poster's protocol, where there is one.
        if (outputs.TrainClusters is not null && (outputs.ClusterCount == StrictClusters || !HasPoster))
        {
            yield return Strict(Clusterer.Own) with { ClusterCount = outputs.ClusterCount };
        }
        // A model's own clusters are one way to read its embedding among others.
        if (!outputs.HasEmbedding)
        {
            yield break;
        }
        yield return StrictKMeans;
        if (hasBalanced && canMix)
        {
            yield return Strict(Clusterer.Balanced);
        }
        if (canMix)
        {
            yield return Strict(Clusterer.Gmm);
        }
        if (hasSpectrum())
        {
            yield return Strict(Clusterer.Spectral);
        }
    }

    IEnumerable<Recipe> PosterOf(ModelOutputs outputs, bool canMix, Func<bool> hasSpectrum)
    {
        if (outputs.TrainClusters is not null)
        {
            bool isKnown = poster.TryGetValue(outputs.Method, out Recipe? known) && known.Clusterer == Clusterer.Own;
            yield return Poster(Clusterer.Own, outputs.ClusterCount, isKnown ? known!.Naming : ClusterNaming.MajorityVote);
        }
        else if (outputs.HasEmbedding && canMix)
        {
            Recipe recipe = PosterEmbedding(outputs.Method);
            yield return recipe;
            if (Math.Min(recipe.ClusterCount, outputs.Train!.Value.Count) > StrictClusters && hasSpectrum())
            {
                yield return Poster(Clusterer.Spectral, recipe.ClusterCount, ClusterNaming.MajorityVote);
            }
        }
    }

    Recipe Strict(Clusterer clusterer) => new(Protocol.Strict, clusterer, StrictClusters, ClusterNaming.OneToOne);

    static Recipe Poster(Clusterer clusterer, int clusterCount, ClusterNaming naming) =>
        new(Protocol.Poster, clusterer, clusterCount, naming);
}
