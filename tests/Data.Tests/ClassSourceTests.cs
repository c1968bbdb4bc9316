using System.Formats.Tar;
using System.Text;
using Parquet;
using Parquet.Schema;
using Toolchain.Data.Sources;

namespace Toolchain.Data.Tests;

/// <summary>Classes are what the data says: their number, their names and their order.</summary>
public sealed class ClassSourceTests
{
    [Theory]
    [InlineData("pear/1.png apple/2.png apple/3.png", "apple pear", "0 0 1")]
    [InlineData("10/a.png 9/b.png 2/c.png", "2 9 10", "2 0 1")]
    [InlineData("0/a.png 1/b.png other/c.png", "0 1 other", "0 1 2")]
    [InlineData("fruit/pear/red/1.png fruit/apple/2.png", "apple pear", "0 1")]
    [InlineData("Train/pear/1.png Train/apple/2.png test/pear/3.png", "apple pear", "0 1 1")]
    [InlineData("train/1.png test/2.png", null, null)]
    [InlineData("1.png 2.png", null, null)]
    [InlineData("train/1.png train/2.png", null, null)]
    public void Folder_OfClassFolders_NamesAndSortsThem(string files, string? names, string? labels)
    {
        using var folder = new TemporaryFolder();
        foreach (string file in files.Split(' '))
        {
            folder.Write(file, Samples.PngDigit(70));
        }
        ImageSet set = ImageSource.Open(folder.Root, Split.All);
        Assert.Equal((names, labels), Text(set));
        Assert.DoesNotContain(set.Remarks, remark => remark.Contains("labels", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("seven/1.png seven/2.png", "seven")]
    [InlineData("train/seven/1.png train/seven/2.png", "seven")]
    [InlineData("fruit/pear/red/1.png", "red")]
    public void Folder_OfOneFolder_IsReadWithoutLabelsAndSaysSo(string files, string only)
    {
        using var folder = new TemporaryFolder();
        Array.ForEach(files.Split(' '), file => folder.Write(file, Samples.PngDigit(70)));
        ImageSet set = ImageSource.Open(folder.Root, Split.All);
        Assert.Equal((null, null), Text(set));
        Assert.Contains($"'{folder.Root}': labels are left out: all images lie in one folder, '{only}', and classes are two folders or "
            + "more", set.Remarks);
    }

    [Theory]
    [InlineData("train/pear/1.png Test/apple/2.png train/fig/3.png val/pear/4.png", "train/fig/3.png train/pear/1.png", "Test/apple/2.png")]
    [InlineData("training/pear/1.png validation/apple/2.png training/fig/3.png", "training/fig/3.png training/pear/1.png",
        "validation/apple/2.png")]
    [InlineData("train/pear/1.png train/fig/2.png", null, null)]
    [InlineData("train/1.png test/2.png other/3.png", null, null)]
    public void Folder_OfParts_GivesThePartThatIsAskedFor(string files, string? train, string? test)
    {
        using var folder = new TemporaryFolder();
        Array.ForEach(files.Split(' '), file => folder.Write(file, Samples.PngDigit(70)));
        foreach ((Split split, string? expected) in new[] { (Split.Train, train), (Split.Test, test), (Split.All, null) })
        {
            ImageSet set = ImageSource.Open(folder.Root, split);
            Assert.Equal(expected is null ? Split.All : split, set.Split);
            Assert.Equal(expected ?? string.Join(' ', files.Split(' ').Order(StringComparer.Ordinal)), string.Join(' ', set.FileNames!));
            // The classes, and their numbers, are those of all parts.
            Assert.Equal(train is null ? [] : set.FileNames!.Select(file => file.Split('/')[1]),
                train is null ? [] : set.Labels!.Select(set.Classes!.NameOf));
            Assert.Equal(train is null ? null : "apple fig pear", train is null ? null : string.Join(' ', set.Classes!.AllNames()));
        }
    }

    [Fact]
    public void Folder_WithImagesBesideClassFolders_IsReadWithoutLabelsAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        Array.ForEach(["a/1.png", "b/2.png", "3.png"], file => folder.Write(file, Samples.PngDigit(70)));
        ImageSet set = ImageSource.Open(folder.Root, Split.All);
        Assert.Equal((null, null), Text(set));
        Assert.Contains($"'{folder.Root}': labels are left out: of 3 images 2 lie in folders of classes, '3.png' does not", set.Remarks);
    }

    [Theory]
    [InlineData("T-shirt\ntrouser\nbag\n", "T-shirt trouser bag", null)]
    [InlineData("zero\r\none\r\ntwo\r\nthree", "zero one two three", null)]
    [InlineData("zero\none\n", null, "2")]
    [InlineData("zero\n\ntwo\n", null, "none in line 2")]
    [InlineData("zero\none\none\n", null, "one twice")]
    public void LabelsFile_BesideTheData_NamesTheClasses(string text, string? names, string? found)
    {
        using var folder = new TemporaryFolder();
        string images = folder.Write("i", Samples.IdxImages(3)), labels = folder.Write("l", Samples.IdxLabels(2, 0, 2));
        folder.Write("labels.txt", Encoding.UTF8.GetBytes(text));
        ImageSet set = ImageSource.Open($"{images},{labels}", Split.All);
        Assert.Equal((names, "2 0 2"), (set.Classes!.Names is null ? null : string.Join(' ', set.Classes.Names), Text(set).Labels));
        Assert.Equal(found is null ? [] : [$"'{folder["labels.txt"]}': class names are left out: expected a name a line for each of 3 "
            + $"classes, found {found}"], set.Remarks);
    }

    [Theory]
    [InlineData("pear apple pear", "apple pear", "1 0 1")]
    [InlineData("3 x 3", "3 x", "0 1 0")]
    [InlineData("12 0 3", "0 1 2 3 4 5 6 7 8 9 10 11 12", "12 0 3")]
    [InlineData("\"a,\"\"b\"\"\" c", "a,\"b\" c", "0 1")]
    public void Csv_LabelsOfAnyText_AreClasses(string column, string names, string labels)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal((names, labels), Text(ImageSource.Open(folder.Write("t.csv", Table(column.Split(' '))), Split.All)));
    }

    // Beyond what is looked at before the first image is read.
    [Fact]
    public void Csv_ClassFarBehind_CountsToo()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("t.csv", Table([.. Enumerable.Repeat("b", 400), "a"]));
        ImageSet set = ImageSource.Open(path, Split.All);
        Assert.Equal(("a", "b", 1, 0), (set.Classes!.NameOf(0), set.Classes.NameOf(1), set.Labels![0], set.Labels[^1]));
    }

    [Fact]
    public void Csv_TextOnAPipe_IsReadWithoutLabelsAndSaysSo()
    {
        ImageSet set = ImageSource.Open("-", Split.All, new() { StandardInput = new MemoryStream(Table(["3", "pear"])) });
        Assert.Equal((null, null), Text(set));
        Assert.Contains("'-': labels are left out: that of image 1 should be a digit 0..9 on a pipe, was 'pear'", set.Remarks);
    }

    [Fact]
    public void Csv_MoreLabelsThanClasses_IsReadWithoutLabelsAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("t.csv", Table([.. Enumerable.Range(0, 4097).Select(i => $"name{i}")]));
        ImageSet set = ImageSource.Open(path, Split.All);
        Assert.Null(set.Labels);
        Assert.Contains($"'{path}': labels are left out: expected at most 4096 classes, found 4097 and more", set.Remarks);
    }

    [Theory]
    [InlineData("d/pear/1.png d/apple/2.png", false, "apple pear", "1 0")]
    [InlineData("d/3/1.png d/0/2.png", false, "0 1 2 3", "3 0")]
    [InlineData("d/3/1.png d/0/2.png", true, "0 1 2 3 4 5 6 7 8 9", "3 0")]
    [InlineData("d/pear/1.png d/apple/2.png", true, null, null)]
    public void Tar_OfClassFolders_NamesThem(string files, bool isPipe, string? names, string? labels)
    {
        using var folder = new TemporaryFolder();
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            foreach (string file in files.Split(' '))
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, file) { DataStream = new MemoryStream(Samples.PngDigit(70)) });
            }
        }
        ImageSet set = isPipe ? ImageSource.Open("-", Split.All, new() { StandardInput = new MemoryStream(tar.ToArray()) })
            : ImageSource.Open(folder.Write("d.tar", tar.ToArray()), Split.All);
        Assert.Equal((names, labels), Text(set));
        Assert.Equal(labels is null ? ["'-': labels are left out: folders are classes once all of an archive is listed, and a pipe is read "
            + "but once; give the file itself"] : [], set.Remarks);
    }

    // .NET reads the name with another character, and finds no such folder.
    [Fact]
    public void Folder_OfANameThatIsNotUtf8_IsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "names are bytes on Linux");
        using var folder = new TemporaryFolder();
        folder.Write("ok/a.png", Samples.PngDigit(70));
        Bash($"mkdir '{folder.Root}'/$'\\xff' && cp '{folder["ok/a.png"]}' '{folder.Root}'/$'\\xff'/");
        Exception? thrown = Record.Exception(() => ImageSource.Open(folder.Root, Split.All));
        Bash($"rm -r '{folder.Root}'/$'\\xff'");
        Assert.Equal($"'{folder.Root}/\uFFFD': expected a folder named in UTF-8, found another name; rename it.",
            Assert.IsType<InvalidDataException>(thrown).Message);

        static void Bash(string command)
        {
            using var process = System.Diagnostics.Process.Start("bash", ["-c", command]);
            process.WaitForExit();
        }
    }

    [Theory]
    [InlineData("""{"info": {"features": {"fine": {"names": ["a", "b", "c"], "_type": "ClassLabel"}}}}""", "a b c")]
    [InlineData("""{"info": {"features": {"fine": {"names": ["a", "b"], "_type": "ClassLabel"}}}}""", "0 1 2")]
    [InlineData("""{"info": {"features": {"fine": {"names": 3}}}}""", null)]
    [InlineData("{", null)]
    public async Task Parquet_WithFeatures_HasTheirNames(string features, string? names)
    {
        using var folder = new TemporaryFolder();
        var schema = new ParquetSchema(new DataField("image", typeof(byte[])), new DataField<long>("fine", nullable: true));
        await using (FileStream stream = File.Create(folder["d.parquet"]))
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream))
        {
            writer.CustomMetadata = new Dictionary<string, string> { ["other"] = "x", ["huggingface"] = features };
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(schema.DataFields[0], new[] { Samples.PngDigit(10), Samples.PngDigit(20) });
            await group.WriteAsync<long>(schema.DataFields[1], new long?[] { 2, 0 });
        }
        Assert.Equal((names, names is null ? null : "2 0"), Text(ImageSource.Open(folder["d.parquet"], Split.All)));
    }

    [Fact]
    public async Task Parquet_LabelsOfText_AreClasses()
    {
        using var folder = new TemporaryFolder();
        var schema = new ParquetSchema(new DataField("image", typeof(byte[])), new DataField("label", typeof(string)));
        await using (FileStream stream = File.Create(folder["d.parquet"]))
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream))
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            await group.WriteAsync(schema.DataFields[0], new[] { Samples.PngDigit(10), Samples.PngDigit(20) });
            await group.WriteAsync(schema.DataFields[1], new[] { "pear", "apple" });
        }
        Assert.Equal(("apple pear", "1 0"), Text(ImageSource.Open(folder["d.parquet"], Split.All)));
    }

    static (string? Names, string? Labels) Text(ImageSet set) => set.Labels is null ? (null, null)
        : (string.Join(' ', set.Classes!.AllNames()), string.Join(' ', set.Labels));

    static byte[] Table(IReadOnlyList<string> labels) => Encoding.UTF8.GetBytes(
        $"label{string.Concat(Enumerable.Range(0, 16).Select(i => $",pixel{i}"))}\n"
        + string.Concat(labels.Select((label, row) => $"{label}{string.Concat(Enumerable.Repeat($",{row % 200}", 16))}\n")));
}
