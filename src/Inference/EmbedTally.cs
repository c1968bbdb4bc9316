using Toolchain.Data.Embeddings;

namespace Toolchain.Inference;

/// <summary>Counts what an <see cref="EmbedJob"/> has done, and reports it.</summary>
/// <param name="options">Receive progress and skipped images.</param>
/// <param name="total">Images in all; null where the source does not tell.</param>
sealed class EmbedTally(EmbedOptions options, long? total)
{
    readonly Dictionary<int, long> centres = [];

    public long Done { get; private set; }

    public long Rows { get; private set; }

    public long Skipped { get; private set; }

    public long Fitted { get; private set; }

    public long Inverted { get; private set; }

    public long Foreign { get; private set; }

    public double LargestShare => centres.Count == 0 ? 0 : centres.Values.Max() / (double)centres.Values.Sum();

    public void AddCentres(int[] nearest)
    {
        foreach (int centre in nearest.Where(centre => centre >= 0))
        {
            centres[centre] = centres.GetValueOrDefault(centre) + 1;
        }
    }

    public void Add(LoggedRows logged)
    {
        Done += logged.SourceCount;
        Rows += logged.Rows.Count;
        Skipped += logged.Skipped.Count;
        Fitted += logged.FittedCount;
        Inverted += logged.InvertedCount;
        Foreign += logged.ForeignCount;
        foreach (string line in logged.Skipped)
        {
            options.Skipped?.Report(line);
        }
        options.Progress?.Report(new(Done, total));
    }
}
