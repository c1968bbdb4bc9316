namespace Toolchain.Clustering.Kernels;

/// <summary>
/// Sums of parts, added up as in a binary tree over the parts' indices: two neighbours as soon as both are there, so that few sums are
/// held, and in the same order whoever has which parts.
/// </summary>
/// <param name="length">How many sums a part has.</param>
sealed class PartSums(int length)
{
    // Neighbours of those that are there.
    readonly List<Node> nodes = [];

    // A node of the tree, by its level and its index in that.
    readonly record struct Node(int Level, long Index, double[] Sums);

    /// <summary>Adds the sums of the next part, which become part of these.</summary>
    public void Add(long part, double[] sums) => Add(new Node(0, part, sums));

    /// <summary>The nodes as numbers.</summary>
    public double[] ToArray() => [.. nodes.SelectMany(node => node.Sums.Prepend(node.Index).Prepend(node.Level))];

    /// <summary>The sums over the parts of all ranks, whose nodes come in order.</summary>
    public static double[] Total(int length, IReadOnlyList<double[]> ranks)
    {
        var all = new PartSums(length);
        foreach (double[] rank in ranks)
        {
            for (int at = 0; at < rank.Length; at += length + 2)
            {
                all.Add(new Node((int)rank[at], (long)rank[at + 1], rank[(at + 2)..(at + 2 + length)]));
            }
        }
        while (all.nodes.Count > 1)
        {
            all.Join();
        }
        return all.nodes[0].Sums;
    }

    void Add(Node node)
    {
        nodes.Add(node);
        while (nodes.Count > 1 && nodes[^1] is var right && nodes[^2] is var left && left.Level == right.Level
            && left.Index % 2 == 0 && left.Index + 1 == right.Index)
        {
            Join();
        }
    }

    // The two last nodes become their parent.
    void Join()
    {
        ((int level, long index, double[] sums), double[] right) = (nodes[^2], nodes[^1].Sums);
        for (int i = 0; i < length; i++)
        {
            sums[i] += right[i];
        }
        nodes.RemoveAt(nodes.Count - 1);
        nodes[^1] = new(level + 1, index / 2, sums);
    }
}
