using Toolchain.Train.Models.Capsules;
using TorchSharp;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models.Capsules;

public sealed class SetTransformerTests
{
    static readonly CapsulesOptions small = new() { ObjectCount = 3, CodeSize = 5, TokenSize = 4 };

    [Fact]
    public void Attention_RandomTokens_EqualsTheSlowLoop()
    {
        const int size = 3, queries = 2, parts = 4;
        manual_seed(1);
        using var attention = new PresenceAttention(size);
        Tensor query = randn(1, queries, size), tokens = randn(1, parts, size), presence = rand(1, parts);
        Dictionary<string, Tensor> weights = attention.state_dict().ToDictionary();
        Tensor q = Linear("query", query[0]), k = Linear("key", tokens[0]), v = Linear("value", tokens[0]);
        Tensor gathered = zeros(queries, size);
        for (int i = 0; i < queries; i++)
        {
            double[] share =
                [.. Enumerable.Range(0, parts).Select(j =>
                presence[0, j].ToSingle() * Math.Exp((q[i] * k[j]).sum().ToSingle() / Math.Sqrt(size)))];
            for (int j = 0; j < parts; j++)
            {
                gathered[i] = gathered[i] + v[j] * (share[j] / share.Sum());
            }
        }
        Assert.True(attention.call(query, tokens, presence)[0].allclose(Linear("output", gathered), 1e-4, 1e-5));

        Tensor Linear(string name, Tensor x) => x.matmul(weights[$"{name}.weight"].t()) + weights[$"{name}.bias"];
    }

    [Fact]
    public void Call_AbsentPart_ChangesNothing()
    {
        manual_seed(2);
        using var transformer = new SetTransformer(6, small);
        Tensor tokens = randn(2, 4, 6), presence = rand(2, 4), other = tokens.clone();
        presence.select(1, 2).fill_(0);
        other.select(1, 2).fill_(3);
        Assert.True(transformer.call(tokens, presence).allclose(transformer.call(other, presence), 1e-4, 1e-5));
        presence.select(1, 2).fill_(1);
        Assert.False(transformer.call(tokens, presence).allclose(transformer.call(other, presence), 1e-3, 1e-4));
    }

    [Fact]
    public void Call_PartsInAnotherOrder_GivesTheSameCodes()
    {
        manual_seed(3);
        using var transformer = new SetTransformer(6, small);
        Tensor tokens = randn(2, 4, 6), presence = rand(2, 4), order = tensor(new long[] { 2, 0, 3, 1 });
        Tensor codes = transformer.call(tokens, presence);
        Assert.Equal([2, 3, 5], codes.shape);
        Assert.True(codes.allclose(transformer.call(tokens.index_select(1, order), presence.index_select(1, order)), 1e-4, 1e-5));
    }
}
