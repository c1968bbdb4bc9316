using System.Globalization;

namespace Toolchain.ClusteringBench;

/// <summary>A job done by us and by others in turn, so that a noisy machine disturbs both alike.</summary>
/// <param name="file">The page whose rows are renewed.</param>
/// <param name="filter">Only jobs whose name holds it are done.</param>
sealed class Pairs(string file, string filter)
{
    // Rows of the page by job and peer, in order.
    readonly List<string> rows =
        [.. File.ReadLines(file).Where(line => line.StartsWith("| ", StringComparison.Ordinal)
        && !line.StartsWith("| job", StringComparison.Ordinal))];

    /// <summary>Whether a job is to be done.</summary>
    public bool Wants(string job) => job.Contains(filter, StringComparison.Ordinal);

    /// <summary>The rows of the page, those done now renewed.</summary>
    public string Table => string.Join('\n', rows);

    /// <summary>Runs ours and theirs in turn after one warm-up of ours, checks the answers, and writes a row for each of theirs.</summary>
    /// <param name="job">What is done.</param>
    /// <param name="ours">Our side.</param>
    /// <param name="theirs">The others by name.</param>
    /// <param name="count">Number of pairs.</param>
    /// <param name="tolerance">Relative difference of the answers that is allowed; null where they cannot be compared.</param>
    /// <param name="perIteration">Whether times are divided by the iterations made.</param>
    /// <param name="target">Least ratio asked for.</param>
    public void Run(string job, Func<Outcome> ours, IReadOnlyDictionary<string, Func<Outcome>> theirs, int count, double? tolerance,
        bool perIteration, IReadOnlyDictionary<string, double> target)
    {
        if (!Wants(job))
        {
            return;
        }
        _ = ours();
        foreach ((string name, Func<Outcome> other) in theirs)
        {
            var (a, b) = (new Outcome[count], new Outcome[count]);
            for (int i = 0; i < count; i++)
            {
                (a[i], b[i]) = (ours(), other());
            }
            double difference = Math.Abs(a[0].Value - b[0].Value) / Math.Abs(b[0].Value);
            if (tolerance is double allowed && !(difference <= allowed))
            {
                throw new InvalidOperationException($"{job}: ours {a[0].Value:r} and {name} {b[0].Value:r} differ by {difference:g2} of "
                    + $"it, more than {allowed:g2}.");
            }
            double mine = Median(a, perIteration), yours = Median(b, perIteration);
            double ratio = Median([.. a.Zip(b, (x, y) => Cost(y, perIteration) / Cost(x, perIteration))]);
            string asked = target.TryGetValue(name, out double least) ? FormattableString.Invariant($"{least:g}x") : "-";
            string agreement = tolerance is null ? FormattableString.Invariant($"ours {a[0].Value:g9}, theirs {b[0].Value:g9}")
                : FormattableString.Invariant($"{difference:g1}");
            Write($"| {job} | {name} | {Time(mine)} | {Time(yours)} | **{ratio:f1}x** | {asked} | {agreement} |");
        }
    }

    /// <summary>A row for a job of ours alone.</summary>
    public void Alone(string job, string answer, Func<double> seconds, int count, double most)
    {
        if (!Wants(job))
        {
            return;
        }
        double[] times = [.. Enumerable.Range(0, count).Select(_ => seconds())];
        Write($"| {job} | - | {Time(Median(times))} | - | - | at most {Time(most)} | {answer} |");
    }

    void Write(FormattableString row)
    {
        string line = row.ToString(CultureInfo.InvariantCulture);
        int known = rows.FindIndex(old => Key(old) == Key(line));
        if (known < 0)
        {
            rows.Add(line);
        }
        else
        {
            rows[known] = line;
        }
        Console.WriteLine(line);
    }

    static string Key(string row) => string.Join('|', row.Split('|')[..3]);

    static double Cost(Outcome outcome, bool perIteration) => perIteration ? outcome.Seconds / outcome.Iterations : outcome.Seconds;

    static double Median(Outcome[] outcomes, bool perIteration) => Median([.. outcomes.Select(outcome => Cost(outcome, perIteration))]);

    static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    static string Time(double seconds) => seconds < 1 ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:f1} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds:f2} s");
}
