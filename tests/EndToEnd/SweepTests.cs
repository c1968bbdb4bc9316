using Toolchain.Cli.Commands;
using Toolchain.Cli.Sweeps;
using Toolchain.Data.Npy;
using Toolchain.Data.Strokes;
using Toolchain.Data.Tensors;

namespace Toolchain.EndToEnd;

public sealed class SweepTests(SweepTests.Finished finished) : CommandTest, IClassFixture<SweepTests.Finished>
{
    [Fact]
    public void Markdown_OfOtherData_HasTheStrictFigureOfItsClusters()
    {
        var grid = new SweepGrid("grid", [], [new SweepAxis("temperature", ["0.1", "0.2"])], []);
        Assert.Equal("""
            | strict, 3 k-means (%) | temperature=0.1 | temperature=0.2 |
            |---|---|---|
            |  | 50.00 | 25.00 |

            """, SweepTable.Markdown(grid, [new SweepCell([], 0.5, null), new SweepCell([], 0.25, null)], 3));
    }

    [Fact]
    public void Cells_TwoAxes_RunOverTheLastOneFirst()
    {
        var grid = new SweepGrid("grid", [], [SweepAxis.Parse("a=1,2"), SweepAxis.Parse("b=x,y,z")], []);
        Assert.Equal(["a=1 b=x", "a=1 b=y", "a=1 b=z", "a=2 b=x", "a=2 b=y", "a=2 b=z"], grid.Cells.Select(cell => string.Join(" ", cell)));
    }

    [Theory]
    [InlineData("temperature")]
    [InlineData("temperature=")]
    [InlineData("=1,2")]
    [InlineData("temperature=1,,2")]
    [InlineData("temperature=1,1")]
    [InlineData("keyMomentum/queueLength=0.9,0.99")]
    public void Parse_NoGrid_SaysWhatIsExpected(string text) => Assert.Equal(
        $"--grid '{text}': expected key=value,value,... with different values, such as queueLength=256,1024, or key/key=value/value,... "
        + $"for options that change together.",
        Assert.Throws<ArgumentException>(() => SweepAxis.Parse(text)).Message);

    // Said before anything is trained.
    [Fact]
    public void Sweep_MethodWithoutEmbedding_IsRefusedAtOnce()
    {
        (int status, _, string error) = Uvl.Run("sweep", "kmeans", "--grid", "clusterCount=2,3", "--data", "strokes:50", "--out", Folder);
        Assert.Equal(2, status);
        Assert.Contains("METHOD 'kmeans': expected a method with an embedding, one of gmm, autoencoder,", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder));
    }

    [Fact]
    public void Parse_ValuesThatArePaths_StayWhole() =>
        Assert.Equal(["from=runs/a", "from=/b/c"],
        new SweepGrid("grid", [], [SweepAxis.Parse("from=runs/a,/b/c")], []).Cells.Select(Assert.Single));

    [Fact]
    public void OfPoster_MoCo_HasTheTwentyCellsBothWays()
    {
        IReadOnlyList<SweepGrid> grids = SweepGrid.OfPoster("moco", null);
        Assert.Equal(["queue", "embedding"], grids.Select(grid => grid.Name));
        Assert.All(grids, grid => Assert.Equal((20, 20), (grid.Cells.Count, grid.Poster.Count)));
        SweepGrid queue = grids[0];
        // the poster's best
        Assert.Equal(96.91, queue.Poster[queue.Cells.ToList()
            .FindIndex(cell => cell.SequenceEqual(["keyMomentum=0.99", "queueLength=64"]))]);
        Assert.Equal("--preset 'quue': expected one of queue, embedding.",
            Assert.Throws<ArgumentException>(() => SweepGrid.OfPoster("moco", "quue")).Message);
        Assert.StartsWith("the poster has no ablation of kmeans;",
            Assert.Throws<ArgumentException>(() => SweepGrid.OfPoster("kmeans", null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OfPoster_Capsules_ChangesPartsAndObjectsTogether()
    {
        SweepGrid grid = Assert.Single(SweepGrid.OfPoster("capsules", null));
        Assert.Equal(["partCount=30 objectCount=16", "partCount=40 objectCount=32", "partCount=60 objectCount=40"],
            grid.Cells.Select(cell => string.Join(" ", cell)));
        Assert.Equal((98.54, 99.06), (grid.Poster[1], grid.PosterLinear[1]));
    }

    [Fact]
    public void Markdown_OneAxisWithProbes_ByHand()
    {
        var grid = new SweepGrid("grid", [], [new SweepAxis("p/o", ["3/1", "4/2"])], [90, 80]) { PosterLinear = [98, 99] };
        Assert.Equal("""
            | poster's protocol (%) | p/o=3/1 | p/o=4/2 |
            |---|---|---|
            |  | 95.12 | 80.00 |

            | poster's figure (%) | p/o=3/1 | p/o=4/2 |
            |---|---|---|
            |  | 90.00 | 80.00 |

            | linear probe (%) | p/o=3/1 | p/o=4/2 |
            |---|---|---|
            |  | 70.00 | 60.00 |

            | poster's linear probe (%) | p/o=3/1 | p/o=4/2 |
            |---|---|---|
            |  | 98.00 | 99.00 |

            | strict, 10 k-means (%) | p/o=3/1 | p/o=4/2 |
            |---|---|---|
            |  | 50.00 | 25.00 |

            """, SweepTable.Markdown(grid, [new SweepCell([], 0.5, 0.9512, 0.7), new SweepCell([], 0.25, 0.8, 0.6)], 10));
    }

    [Fact]
    public void Markdown_TwoAxesWithThePoster_ByHand()
    {
        var grid = new SweepGrid("grid", [], [SweepAxis.Parse("m=.9"), SweepAxis.Parse("q=16,32")], [91, 95.5]);
        string table = SweepTable.Markdown(grid, [new SweepCell([], 0.5, 0.9512, 1), new SweepCell([], 0.25, 0.8, 1)], 10);
        Assert.Equal("""
            | poster's protocol (%) | q=16 | q=32 |
            |---|---|---|
            | m=.9 | 95.12 | 80.00 |

            | poster's figure (%) | q=16 | q=32 |
            |---|---|---|
            | m=.9 | 91.00 | 95.50 |

            | strict, 10 k-means (%) | q=16 | q=32 |
            |---|---|---|
            | m=.9 | 50.00 | 25.00 |

            """, table);
    }

    /// <summary>
    /// A cell that was begun with other images or settings, and has no figures yet, is neither gone on with nor scored as this sweep's.
    /// </summary>
    [Fact]
    public void Sweep_CellOfAnotherSweep_IsRefused()
    {
        Copy("other");
        foreach (string cell in Directory.GetFiles(Folder, "cell.json", SearchOption.AllDirectories))
        {
            File.Delete(cell);
        }
        string first = Path.Combine(Folder, "other", "grid", "temperature=0.1,queueLength=32");
        Assert.Contains($"expected the images that {first} was begun with", Refused("stepCount=2", "strokes:140"),
            StringComparison.Ordinal);
        Assert.Contains($"'{first}': expected a run with seed 0 and {{", Refused("stepCount=3", "strokes:200"), StringComparison.Ordinal);

        string Refused(string steps, string data)
        {
            var error = new StringWriter();
            Assert.Equal(3, Run(new StringWriter(), error, "other", steps, data));
            return error.ToString();
        }
    }

    [Fact]
    public void Sweep_WithoutLabels_EndsBeforeACellIsTrained()
    {
        NpyFile.Write(Path.Combine(Folder, "bare.npy"), TensorEntry.Of<byte>(StrokeDigits.Draw(200, 1).Pixels, 200, 28, 28));
        var error = new StringWriter();
        Assert.Equal(3, Run(new StringWriter(), error, "bare", "stepCount=2", Path.Combine(Folder, "bare.npy")));
        Assert.Contains("expected labelled images to score the cells on, found none with labels.", error.ToString(),
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Folder, "bare")));
    }

    [Fact]
    public void Sweep_StoppedHalfway_KeepsFinishedCellsAndEndsAlike()
    {
        Copy("whole");
        string whole = Table("whole");
        string cell = Path.Combine(Folder, "whole", "grid", "temperature=0.2,queueLength=64");
        DateTime first = File.GetLastWriteTimeUtc(Path.Combine(Folder, "whole", "grid", "temperature=0.1,queueLength=32", "cell.json"));
        // As a kill leaves it: trained, but not scored.
        File.Delete(Path.Combine(cell, "cell.json"));
        Assert.Equal(0, Run(new StringWriter(), new StringWriter(), "whole", "stepCount=2"));
        Assert.Equal(whole, Table("whole"));
        Assert.True(File.Exists(Path.Combine(cell, "cell.json")));
        Assert.Equal(first, File.GetLastWriteTimeUtc(Path.Combine(Folder, "whole", "grid", "temperature=0.1,queueLength=32", "cell.json")));
        Assert.All(new[] { "sweep.png", "sweep.svg" }, name =>
            Assert.True(new FileInfo(Path.Combine(Folder, "whole", "grid", name)).Length > 1000));
    }

    [Fact]
    public void Sweep_OtherSettingsInTheSameFolder_AreRefused()
    {
        Copy("mixed");
        var error = new StringWriter();
        Assert.Equal(3, Run(new StringWriter(), error, "mixed", "stepCount=3"));
        Assert.Contains("expected a cell with stepCount=3", error.ToString(), StringComparison.Ordinal);
    }

    void Copy(string name) => TemporaryFolder.Copy(finished.Folder, In(name));

    string Table(string name) => File.ReadAllText(In($"{name}/grid/sweep.md"));

    int Run(StringWriter output, StringWriter error, string name, string steps, string data = "strokes:200") =>
        UvlCommand.Create().Run(Sweep(In(name), steps, data), output, error);

    static string[] Sweep(string folder, string steps, string data) =>
        ["sweep", "moco", "--quiet", "--data", data, "--grid", "temperature=0.1,0.2", "--grid", "queueLength=32,64", "--set", steps,
            "--set", "batchSize=32", "--threads", "1", "--out", folder];

    /// <summary>A sweep of four cells, made once.</summary>
    public sealed class Finished : IDisposable
    {
        readonly TemporaryFolder temporary = new();

        /// <summary>Trains and scores the cells.</summary>
        public Finished()
        {
            var error = new StringWriter();
            int status = UvlCommand.Create().Run(Sweep(Folder, "stepCount=2", "strokes:200"), TextWriter.Null, error);
            Assert.True(status == 0, error.ToString());
        }

        /// <summary>Its folder.</summary>
        public string Folder => temporary["sweep"];

        /// <summary>Deletes it.</summary>
        public void Dispose() => temporary.Dispose();
    }
}
