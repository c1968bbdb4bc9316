using System.Globalization;

namespace Toolchain.EndToEnd.Docs;

/// <summary>The tables of docs/scale.md, from <see cref="ScaleModel"/> and <see cref="ScaleSimulation"/>.</summary>
static class ScaleTable
{
    const int Seed = 1;

    public static string Write(string argument) => argument switch
    {
        "nodes" => Nodes(),
        "bytes" => Bytes(),
        "limits" => Limits(),
        "simulation" => Simulation(),
        _ => throw new InvalidDataException($"no table of scale '{argument}'."),
    };

    static string Nodes() => Table("node|images/s|from|node hours|nodes for a day|$ an hour, assumed|$",
        ScaleModel.Nodes.Select(node => string.Create(Culture,
            $"{node.Name}|{node.ImagesPerSecond:n0}|{node.Source}|{node.Hours(ScaleModel.Images):n1}|"
            + $"{Math.Ceiling(node.Hours(ScaleModel.Images) / 24):n0}|{node.DollarsPerHour:n2}|"
            + $"{node.Hours(ScaleModel.Images) * node.DollarsPerHour:n2}")));

    static string Bytes()
    {
        double shards = ScaleModel.Images * ScaleModel.ShardBytesPerRow, merged = ScaleModel.Images * ScaleModel.MergedBytesPerRow;
        double writing = ScaleModel.Images / ScaleModel.MergedRowsPerSecond;
        double moving = (2 * shards + merged) / ScaleModel.DiskBytesPerSecond;
        return Table("what|figure",
            [
                string.Create(Culture, $"images, 784 bytes each, in .npy or IDX|{ScaleModel.Images * 784 / 1e9:n0} GB"),
                string.Create(Culture, $"the same as PNG files on blocks of 4 KiB|{ScaleModel.Images * 4096 / 1e12:n1} TB"),
                string.Create(Culture, $"shards, {ScaleModel.ShardBytesPerRow} bytes a row|{shards / 1e9:n0} GB"),
                string.Create(Culture, $"merged file, {ScaleModel.MergedBytesPerRow} bytes a row|{merged / 1e9:n0} GB"),
                string.Create(Culture, $"shards and merged file at once|{(shards + merged) / 1e9:n0} GB"),
                string.Create(Culture, $"merge, processor time of its one core|{writing / 60:n0} min"),
                string.Create(Culture,
                    $"merge, shards read twice and rows written at {ScaleModel.DiskBytesPerSecond / 1e6:n0} MB/s (assumed)|"
                    + $"{moving / 60:n0} min"),
            ]);
    }

    static string Limits()
    {
        double listing = ScaleModel.Images / ScaleModel.ListedFilesPerSecond, names = ScaleModel.Images * ScaleModel.BytesPerName;
        return Table("order|what breaks|at a billion|do instead",
            [
                string.Create(Culture,
                    $"1|memory: each task keeps the names of a folder's files, {ScaleModel.BytesPerName} bytes each, and more while it "
                    + $"looks for classes|{names / 1e9:n0} GB in every task|many images a file: .npy, IDX or Parquet"),
                string.Create(Culture,
                    $"2|listing: each task lists the whole folder, {ScaleModel.ListedFilesPerSecond:n0} files/s on a local disk|"
                    + $"{listing / 3600:n1} h in every task, before its first image|the same"),
                string.Create(Culture, $"3|small files: 4 KiB and an inode each|{ScaleModel.Images:n0} inodes|the same"),
                string.Create(Culture,
                    $"4|Slurm's arrays|{ScaleModel.LargestArray:n0} shards, where MaxArraySize is its default|that many are enough, see "
                    + $"below"),
                string.Create(Culture,
                    $"5|the merge: one task, one core|see above|leave out the merge where each part may be a file of its own: one "
                    + $"`uvl embed` for each part of the images"),
            ]);
    }

    static string Simulation()
    {
        NodeKind kind = ScaleModel.Nodes[0];
        var rows = new List<string>();
        foreach (int nodes in new[] { 8, 64 })
        {
            foreach (int shards in new[] { nodes, 4 * nodes, ScaleModel.LargestArray, 20_000 })
            {
                SimulatedJob calm = ScaleSimulation.Run(kind, nodes, shards, 0, Seed),
                    normal = ScaleSimulation.Run(kind, nodes, shards, ScaleModel.FailuresPerNodeHour, Seed),
                    rough = ScaleSimulation.Run(kind, nodes, shards, 1, Seed);
                rows.Add(string.Create(Culture, $"{nodes}|{shards:n0}|{calm.Hours:n2} h|{normal.Hours:n2} h, {normal.Failures}|"
                    + $"{rough.Hours:n2} h, {rough.Failures}|{100 * rough.Share:n0} %"));
            }
        }
        return Table("nodes|shards|no failures|one in 1,000 node hours|one an hour|useful share then", rows);
    }

    static string Table(string heading, IEnumerable<string> rows) => $"| {heading.Replace("|", " | ")} |\n"
        + $"|{string.Concat(Enumerable.Repeat("---|", heading.Split('|').Length))}\n"
        + string.Concat(rows.Select(row => $"| {row.Replace("|", " | ")} |\n"));

    static CultureInfo Culture => CultureInfo.InvariantCulture;
}
