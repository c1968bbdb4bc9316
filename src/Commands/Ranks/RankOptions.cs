using System.CommandLine;
using Toolchain.Inference;

namespace Toolchain.Commands.Ranks;

/// <summary>Options of a fit that several programs share, made anew for each command.</summary>
public sealed class RankOptions
{
    /// <summary>Which rank of how many.</summary>
    public Option<string?> Shard { get; } = new("--shard")
    {
        Description = "i/n: fit embeddings together with n - 1 other such programs, each of which has a range of them; the same "
            + "--out for all, in a folder that all see. auto: the rank of this task of Slurm (srun, or a job array), a Kubernetes "
            + "Indexed Job, or MPI. Shards of 'uvl embed --shard' need not be merged first."
    };

    /// <summary>How long a rank waits for another.</summary>
    public Option<double> Wait { get; } = new("--wait-seconds")
    {
        Description = "With --shard, how long to wait for another rank of which nothing is heard.",
        DefaultValueFactory = _ => 1800
    };

    /// <summary>The shared fit that the command line asks for; null where one program fits alone.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="terminal">Receives progress and the result.</param>
    /// <param name="output">The file that the fit makes.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">The shard is none.</exception>
    internal RankedFit? Of(ParseResult parsed, Terminal terminal, string output, CancellationToken cancellation) =>
        EngineShard.Parse(parsed.GetValue(Shard)) is Shard rank
            ? new RankedFit(terminal, output, rank, TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(Wait), 1, 1e6)), cancellation) : null;
}
