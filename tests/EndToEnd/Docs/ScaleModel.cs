namespace Toolchain.EndToEnd.Docs;

/// <summary>A kind of node, as docs/scale.md has it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="ImagesPerSecond">Of `uvl embed models/moco` on the whole node.</param>
/// <param name="Source">Where the figure comes from.</param>
/// <param name="DollarsPerHour">Assumed.</param>
sealed record NodeKind(string Name, double ImagesPerSecond, string Source, double DollarsPerHour)
{
    /// <summary>Hours of one node for so many images.</summary>
    public double Hours(double images) => images / ImagesPerSecond / 3600;
}

/// <summary>The constants of docs/scale.md. The measured ones have their readings; the others are assumptions and say so.</summary>
static class ScaleModel
{
    /// <summary>Images of the page.</summary>
    public const double Images = 1e9;

    /// <summary>Bytes of a row in a shard: 64 numbers of 4 bytes, its name, and its part of the batch's record. Measured: 13,313,154 to
    /// 13,391,378 bytes for 49,984 to 50,048 rows.</summary>
    public const double ShardBytesPerRow = 267;

    /// <summary>Bytes of a row in the merged file, .npy and its names: 51,200,128 and 1,288,890 for 200,000 rows.</summary>
    public const double MergedBytesPerRow = 263;

    /// <summary>Rows a merge writes in a second of one core: 200,000 in 0.26 s of processor time, start included.</summary>
    public const double MergedRowsPerSecond = 770_000;

    /// <summary>Bytes a second that a merge reads and writes where the file system binds. Assumed.</summary>
    public const double DiskBytesPerSecond = 500e6;

    /// <summary>Files a second that a task lists before its first image: 200,000 in 2 s.</summary>
    public const double ListedFilesPerSecond = 100_000;

    /// <summary>Bytes of memory that a task keeps for the name of a file of a folder, by arithmetic: a string of 17 letters, its
    /// reference, its label.</summary>
    public const double BytesPerName = 68;

    /// <summary>Seconds until a task embeds: start and model.</summary>
    public const double StartSeconds = 0.4;

    /// <summary>Failures of a node in an hour. Assumed: one in a thousand hours.</summary>
    public const double FailuresPerNodeHour = 1e-3;

    /// <summary>Seconds until the engine starts a failed task again. Assumed.</summary>
    public const double RestartSeconds = 120;

    /// <summary>Seconds of work that a killed task repeats: rows are flushed every 15 s (docs/decisions/0009-embedding.md).</summary>
    public const double RepeatedSeconds = 15;

    /// <summary>Largest array of Slurm where its configuration does not say otherwise (MaxArraySize 1001).</summary>
    public const int LargestArray = 1000;

    /// <summary>Kinds of nodes. Prices are assumptions, not offers of anyone.</summary>
    public static NodeKind[] Nodes { get; } =
    [
        new("2 cores", 25_630, "measured, [shipped models](benchmarks/shipped-models.md)", 0.10),
        new("16 cores", 8 * 25_630, "8 times the measured 2 cores: not measured", 0.80),
        new("one H200", 506_000, "the model alone, [GPU](benchmarks/gpu.md)", 4.00),
    ];
}
