namespace Toolchain.Clustering.Neighbours;

/// <summary>
/// The order of the nodes decides how fast a product goes: with neighbours near each other most of what it reads is in a cache. On a
/// million rows a product takes less than half of the time that it takes in the order of the rows.
/// </summary>
sealed partial class NeighbourGraph
{
    // A row of 20 numbers is 160 bytes: a piece fits a cache of 1 MB.
    const int PieceSize = 4096;

    NeighbourGraph(int[] starts, int[] columns, double[] values, double[] degrees) =>
        (this.starts, this.columns, this.values, Degrees) = (starts, columns, values, degrees);

    /// <summary>The same graph with its nodes in another order.</summary>
    /// <param name="order">The node at each place.</param>
    public NeighbourGraph Ordered(int[] order)
    {
        int[] places = new int[order.Length], from = new int[order.Length + 1];
        for (int place = 0; place < order.Length; place++)
        {
            places[order[place]] = place;
            from[place + 1] = from[place] + starts[order[place] + 1] - starts[order[place]];
        }
        int[] to = new int[columns.Length];
        var weights = new double[columns.Length];
        for (int place = 0; place < order.Length; place++)
        {
            Span<int> own = to.AsSpan(from[place]..from[place + 1]);
            for (int i = 0, edge = starts[order[place]]; i < own.Length; i++, edge++)
            {
                (own[i], weights[from[place] + i]) = (places[columns[edge]], values[edge]);
            }
            own.Sort(weights.AsSpan(from[place], own.Length));
        }
        return new(from, to, weights, Array.ConvertAll(order, node => Degrees[node]));
    }

    /// <summary>The nodes piece by piece: each grows along the edges from a node beside an earlier one.</summary>
    public int[] Pieces()
    {
        var taken = new bool[Degrees.Length];
        var order = new List<int>(taken.Length);
        Queue<int> seeds = new(), front = new();
        for (int node = 0; node < taken.Length; node++)
        {
            seeds.Enqueue(node);
            while (seeds.TryDequeue(out int seed))
            {
                front.Clear();
                front.Enqueue(seed);
                Grow(front, taken, order);
                if (front.TryDequeue(out int beside))
                {
                    seeds.Enqueue(beside);
                }
            }
        }
        return [.. order];
    }

    void Grow(Queue<int> front, bool[] taken, List<int> order)
    {
        int end = order.Count + PieceSize;
        while (order.Count < end && front.TryDequeue(out int node))
        {
            if (taken[node])
            {
                continue;
            }
            taken[node] = true;
            order.Add(node);
            for (int edge = starts[node]; edge < starts[node + 1]; edge++)
            {
                if (!taken[columns[edge]])
                {
                    front.Enqueue(columns[edge]);
                }
            }
        }
    }
}
