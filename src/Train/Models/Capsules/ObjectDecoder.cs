using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>What object capsules expect of parts; O and P stand first, since each object has weights of its own.</summary>
/// <param name="Vote">Expected pose of each part, six of [O,N,P].</param>
/// <param name="Scale">Standard deviation of the poses around it, [O,N,P].</param>
/// <param name="CapsuleLogit">Logit of the presence of the object, [O,N,1].</param>
/// <param name="VoteLogit">Logit of the presence of the part if the object is there, [O,N,P].</param>
/// <param name="Deformation">The part of object-part relations that depends on the image, [O,N,P,6].</param>
/// <param name="Capsule">The capsule's own numbers, its identity, [O,N,Z].</param>
sealed record ObjectVotes(AffinePose Vote, Tensor Scale, Tensor CapsuleLogit, Tensor VoteLogit, Tensor Deformation, Tensor Capsule)
{
    /// <summary>Logarithm of the presence of each vote, log a_k + log a_kn, [O,N,P].</summary>
    public Tensor LogPresence => nn.functional.logsigmoid(CapsuleLogit) + nn.functional.logsigmoid(VoteLogit);

    /// <summary>Presence of each object, that of its most present vote, [N,O].</summary>
    public Tensor Presence => (sigmoid(CapsuleLogit.squeeze(-1)) * sigmoid(VoteLogit.amax([2]))).t();
}

/// <summary>
/// The decoder of the object capsule autoencoder (Kosiorek et al. 2019, section 2.3): each object has networks of its own, from its code to
/// its capsule, and from that to its pose, its presence, and pose, presence and scale of its parts.
/// </summary>
sealed class ObjectDecoder : nn.Module<Tensor, ObjectVotes>
{
    readonly Parameter codeWeight, codeBias, capsuleWeight, capsuleBias; // [O,D,H], [O,1,H], [O,H,Z], [O,1,Z]
    readonly Parameter hiddenWeight, hiddenBias, outputWeight, outputBias; // [O,Z+1,H], [O,1,H], [O,H,8P+7], [O,1,2P+7]
    readonly Parameter relation; // [O,1,P,6], the part of object-part relations that all images share
    readonly BatchNorm1d? normal; // of the capsules' logits
    readonly int partCount;

    /// <summary>A decoder of the shapes in <paramref name="options"/>.</summary>
    public ObjectDecoder(CapsulesOptions options) : base(nameof(ObjectDecoder))
    {
        partCount = options.PartCount;
        int objects = options.ObjectCount, hidden = options.HiddenSize;
        codeWeight = CapsuleLayers.Weights(objects, options.CodeSize, hidden);
        codeBias = nn.Parameter(zeros(objects, 1, hidden));
        capsuleWeight = CapsuleLayers.Weights(objects, hidden, options.CapsuleSize);
        capsuleBias = nn.Parameter(zeros(objects, 1, options.CapsuleSize));
        hiddenWeight = CapsuleLayers.Weights(objects, options.CapsuleSize + 1, hidden);
        hiddenBias = nn.Parameter(zeros(objects, 1, hidden));
        outputWeight = CapsuleLayers.Weights(objects, hidden, 8 * partCount + 7);
        outputBias = nn.Parameter(zeros(objects, 1, 2 * partCount + 7));
        relation = CapsuleLayers.Glorot(objects * partCount, objects * 6, objects, 1, partCount, 6);
        if (options.NormalisePresence)
        {
            // A tenth of the images has a logit above .5: each object starts as that of about one class in ten.
            normal = nn.BatchNorm1d(objects);
            nn.init.constant_(normal.weight!, 2);
            nn.init.constant_(normal.bias!, -2);
        }
        RegisterComponents();
    }

    /// <summary>Votes of objects with codes [N,O,D].</summary>
    public override ObjectVotes forward(Tensor codes)
    {
        Tensor x = nn.functional.relu(codes.transpose(0, 1).matmul(codeWeight) + codeBias); // [O,N,H]
        Tensor capsule = x.matmul(capsuleWeight) + capsuleBias; // [O,N,Z]
        // The authors append a one, which marks capsules that were not dropped out; it acts as a second bias.
        x = nn.functional.relu(cat([capsule, ones_like(capsule.narrow(2, 0, 1))], 2).matmul(hiddenWeight) + hiddenBias); // [O,N,H]
        Tensor numbers = x.matmul(outputWeight); // [O,N,8P+7]
        Tensor deformation = numbers.narrow(2, 0, 6 * partCount).unflatten(2, [partCount, 6]); // [O,N,P,6]
        Tensor rest = numbers.narrow(2, 6 * partCount, 2 * partCount + 7) + outputBias; // [O,N,2P+7]
        AffinePose viewer = AffinePose.FromNumbers([.. Enumerable.Range(0, 6).Select(i => rest.narrow(2, i, 1))]); // six of [O,N,1]
        AffinePose parts = AffinePose.FromNumbers((deformation + relation).unbind(3)); // six of [O,N,P]
        Tensor scale = nn.functional.softplus(rest.narrow(2, 7 + partCount, partCount) + 0.5) + 0.01; // [O,N,P]
        Tensor logit = rest.narrow(2, 6, 1); // [O,N,1]
        logit = normal is null ? logit : normal.call(logit.squeeze(2).t()).t().unsqueeze(2); // [O,N,1]
        return new ObjectVotes(viewer.After(parts), scale, logit, rest.narrow(2, 7, partCount), deformation, capsule);
    }
}
