using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>How well objects explain the poses of parts.</summary>
/// <param name="LogLikelihood">Of each part's pose, [N,P].</param>
/// <param name="Posterior">Share of each object in explaining each part, [O,N,P]; what is missing to 1 is unexplained.</param>
sealed record PartMixture(Tensor LogLikelihood, Tensor Posterior)
{
    // Both the density and the weight of the component that stands for "none of the objects", as in the authors' code.
    static readonly double unexplained = Math.Log(0.01);

    /// <summary>
    /// The mixture over objects at each part (Kosiorek et al. 2019, equation 4): sum over k of a_k a_km Normal(x_m; vote_km, scale_km),
    /// with the mixing weights as they are: the authors' code does not divide by their sum.
    /// </summary>
    /// <param name="votes">What objects expect.</param>
    /// <param name="pose">Poses of the parts, six of [N,P].</param>
    public static PartMixture Of(ObjectVotes votes, AffinePose pose)
    {
        Tensor distance = Square(pose.XX - votes.Vote.XX) + Square(pose.XY - votes.Vote.XY) + Square(pose.X - votes.Vote.X)
            + Square(pose.YX - votes.Vote.YX) + Square(pose.YY - votes.Vote.YY) + Square(pose.Y - votes.Vote.Y); // [O,N,P]
        Tensor density = distance / (-2 * Square(votes.Scale)) - 6 * votes.Scale.log() - 3 * Math.Log(2 * Math.PI);
        Tensor logits = votes.LogPresence + density; // [O,N,P]
        Tensor all = cat([logits, full_like(logits.narrow(0, 0, 1), 2 * unexplained)]); // [O+1,N,P]
        return new PartMixture(all.logsumexp(0), all.softmax(0).narrow(0, 0, logits.shape[0])); // [N,P], [O,N,P]
    }

    static Tensor Square(Tensor x) => x * x;
}
