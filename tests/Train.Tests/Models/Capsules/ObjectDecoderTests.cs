using Toolchain.Train.Models.Capsules;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models.Capsules;

public sealed class ObjectDecoderTests
{
    static readonly CapsulesOptions small = new()
    {
        PartCount = 2,
        ObjectCount = 3,
        CodeSize = 4,
        HiddenSize = 5,
        CapsuleSize = 3,
        NormalisePresence = false
    };

    [Fact]
    public void Call_Codes_EqualsEachObjectsOwnLayers()
    {
        const int parts = 2;
        manual_seed(1);
        using var decoder = new ObjectDecoder(small);
        Dictionary<string, Tensor> w = decoder.state_dict().ToDictionary();
        using (no_grad())
        {
            w["outputBias"].copy_(randn(3, 1, 11));
        }
        Tensor codes = randn(2, 3, 4);
        ObjectVotes votes = decoder.call(codes);
        for (int k = 0; k < 3; k++)
        {
            Tensor hidden = nn.functional.relu(codes[1, k].matmul(w["codeWeight"][k]) + w["codeBias"][k, 0]);
            Tensor capsule = hidden.matmul(w["capsuleWeight"][k]) + w["capsuleBias"][k, 0]; // [Z]
            hidden = nn.functional.relu(cat([capsule, ones(1)]).matmul(w["hiddenWeight"][k]) + w["hiddenBias"][k, 0]);
            Tensor numbers = hidden.matmul(w["outputWeight"][k]); // [8P+7]
            Tensor rest = numbers.narrow(0, 6 * parts, 2 * parts + 7) + w["outputBias"][k, 0];
            AffinePose viewer = AffinePose.FromNumbers(rest.narrow(0, 0, 6).unbind());
            for (int part = 0; part < parts; part++)
            {
                Tensor deformation = numbers.narrow(0, 6 * part, 6);
                Tensor vote = viewer.After(AffinePose.FromNumbers((deformation + w["relation"][k, 0, part]).unbind())).Stack();
                Assert.True(vote.allclose(votes.Vote.Stack()[k, 1, part], 1e-3, 1e-4));
                Assert.True(deformation.allclose(votes.Deformation[k, 1, part], 1e-3, 1e-4));
                Assert.Equal(rest[7 + part].ToSingle(), votes.VoteLogit[k, 1, part].ToSingle(), 1e-4);
                Assert.Equal(Math.Log(1 + Math.Exp(rest[7 + parts + part].ToSingle() + 0.5)) + 0.01, votes.Scale[k, 1, part].ToSingle(),
                    1e-4);
            }
            Assert.Equal(rest[6].ToSingle(), votes.CapsuleLogit[k, 1, 0].ToSingle(), 1e-4);
            Assert.True(capsule.allclose(votes.Capsule[k, 1], 1e-3, 1e-4));
        }
    }

    // sigmoid(ln 3) = 3/4 times the larger of sigmoid(0) = 1/2 and sigmoid(-ln 3) = 1/4.
    [Fact]
    public void Presence_OfOneObject_IsThatOfItsMostPresentVote()
    {
        var votes = new ObjectVotes(AffinePose.FromStack(zeros(1, 1, 2, 6)), ones(1, 1, 2), full([1, 1, 1], Math.Log(3)),
            tensor(new[] { -MathF.Log(3), 0f }, [1, 1, 2]), zeros(1, 1, 2, 6), zeros(1, 1, 1));
        Assert.Equal(0.375, votes.Presence.ToSingle(), 1e-6);
        Assert.Equal(0.375, votes.LogPresence.exp()[0, 0, 1].ToSingle(), 1e-6);
        Assert.Equal(0.1875, votes.LogPresence.exp()[0, 0, 0].ToSingle(), 1e-6);
    }

    [Fact]
    public void Call_NormalisedPresence_VariesOverTheBatch()
    {
        manual_seed(3);
        using var decoder = new ObjectDecoder(small with { NormalisePresence = true, HiddenSize = 64 });
        Tensor logit = decoder.call(randn(50, 3, 4) * 1e-3 + 1).CapsuleLogit; // codes hardly differ
        Assert.All(logit.mean([1]).flatten().data<float>().ToArray(), mean => Assert.Equal(-2f, mean, 1e-3f));
        Assert.All(logit.std(1).flatten().data<float>().ToArray(), deviation => Assert.InRange(deviation, 0.01f, 2.1f));
    }
}
