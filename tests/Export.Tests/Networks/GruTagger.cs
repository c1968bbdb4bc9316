using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests.Networks;

/// <summary>A tagger of words: embedding, a bidirectional GRU of two layers, a class for each word.</summary>
sealed class GruTagger : nn.Module<Tensor, GruTagger.Tags>
{
    readonly Embedding embedding;
    readonly GRU gru;
    readonly Linear head;

    /// <param name="Scores">Log-probabilities [N,L,K].</param>
    /// <param name="Best">Best tag of each word [N,L].</param>
    /// <param name="Known">Number of known words [N].</param>
    public sealed record Tags(Tensor Scores, Tensor Best, Tensor Known);

    public GruTagger(long words = 20, long width = 6, long hidden = 5, long tags = 4) : base(nameof(GruTagger))
    {
        embedding = nn.Embedding(words, width, padding_idx: 0);
        gru = nn.GRU(width, hidden, numLayers: 2, batchFirst: true, bidirectional: true);
        head = nn.Linear(2 * hidden, tags);
        RegisterComponents();
        eval();
    }

    public override Tags forward(Tensor words) // [N,L]
    {
        (Tensor states, _) = gru.call(embedding.call(words)); // [N,L,2H]
        Tensor scores = F.log_softmax(head.call(states), -1); // [N,L,K]
        return new Tags(scores, scores.argmax(-1), words.ne(0).sum(1));
    }
}
