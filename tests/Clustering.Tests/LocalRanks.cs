namespace Toolchain.Clustering.Tests;

/// <summary>Ranks as threads of this process, and what they have combined so far, from which another run may go on.</summary>
sealed class LocalRanks(Rows all, int count)
{
    readonly List<(string Step, double[] Total)> known = [];
    readonly double[]?[] given = new double[count][];
    int arrived;

    /// <summary>Steps whose result is known.</summary>
    public int Steps => known.Count;

    /// <summary>Takes over what other ranks combined in their first steps.</summary>
    public void Continue(LocalRanks others, int steps) => known.AddRange(others.known[..steps]);

    /// <summary>Runs the same fit in all ranks; gives the results in order.</summary>
    public T[] Run<T>(Func<Rows, IRanks, T> fit)
    {
        int parts = (all.Count + IRanks.PartRows - 1) / IRanks.PartRows;
        var results = new T[count];
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, count).Select(index => new Thread(() =>
        {
            int first = parts * index / count * IRanks.PartRows, end = Math.Min(all.Count, parts * (index + 1) / count * IRanks.PartRows);
            try
            {
                results[index] = fit(new Rows(all.Values[(first * all.Width)..(end * all.Width)], all.Width),
                    new Rank(this, index, first));
            }
            catch (Exception error)
            {
                lock (known)
                {
                    failure = error;
                    Monitor.PulseAll(known);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return failure is null ? results : throw failure;
    }

    sealed class Rank(LocalRanks ranks, int index, int first) : IRanks
    {
        int step;

        public long RowCount => ranks.Rows.Count;

        public long FirstRow => first;

        public double[] Combine(string name, Func<double[]> own, Func<IReadOnlyList<double[]>, double[]> combine)
        {
            int at = step++;
            lock (ranks.known)
            {
                if (at < ranks.known.Count)
                {
                    Assert.Equal(ranks.known[at].Step, name);
                    return [.. ranks.known[at].Total];
                }
            }
            double[] mine = own();
            lock (ranks.known)
            {
                ranks.given[index] = mine;
                if (++ranks.arrived == ranks.given.Length)
                {
                    ranks.known.Add((name, combine([.. ranks.given.Select(one => one!)])));
                    ranks.arrived = 0;
                    Monitor.PulseAll(ranks.known);
                }
                while (at >= ranks.known.Count)
                {
                    Assert.True(Monitor.Wait(ranks.known, TimeSpan.FromMinutes(2)), $"step {at} ({name}) is not reached by all ranks");
                }
                return [.. ranks.known[at].Total];
            }
        }
    }

    Rows Rows => all;
}
