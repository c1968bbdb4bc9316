using System.Text;
using Toolchain.Data.Sources;

namespace Toolchain.Data.Tests;

/// <summary>Tables of pixels, as Kaggle has MNIST.</summary>
public sealed class CsvSourceTests
{
    static readonly byte[] pixels = [.. Enumerable.Range(0, 2 * 784)
        .Select(i => i % 784 is < 28 or >= 756 || i % 28 is 0 or 27 ? (byte)0 : (byte)i)];

    [Theory]
    [InlineData(true, true, "\n", false)]
    [InlineData(true, false, "\n", false)]
    [InlineData(false, true, "\n", false)]
    [InlineData(false, false, "\n", false)]
    [InlineData(true, true, "\r\n", false)]
    [InlineData(true, true, "\n", true)]
    public void Open_TableOfPixels_IsReadWithItsLabels(bool hasHeading, bool hasLabels, string lineEnd, bool quoted)
    {
        using var folder = new TemporaryFolder();
        ImageSet set = ImageSource.Open(folder.Write("t.txt", Encoding.UTF8.GetBytes(Table(hasHeading, hasLabels, lineEnd, quoted))),
            Split.All);
        Assert.Equal(pixels, set.Pixels);
        Assert.Equal(hasLabels ? new int[] { 3, 7 } : null, set.Labels);
    }

    [Theory]
    [InlineData("\"big\ncat\"", "\"big\ncat\"")]
    [InlineData("\"a \"\"big\"\"\r\n\r\ncat\"", "dog")]
    public void Open_LineBreakInAQuotedLabel_IsPartOfIt(string first, string second)
    {
        using var folder = new TemporaryFolder();
        string heading = $"label,{string.Join(',', Enumerable.Range(0, 16).Select(i => $"pixel{i}"))}\n";
        string zeros = string.Concat(Enumerable.Repeat(",0", 16)) + "\n", levels = string.Concat(Enumerable.Repeat(",200", 16)) + "\n";
        string path = folder.Write("t.csv", Encoding.UTF8.GetBytes(heading + first + levels + second + zeros));
        ImageSet set = ImageSource.Open(path, Split.All);
        Assert.Equal((2, 200, 0), (set.Count, set.Image(0)[0], set.Image(1)[0]));
        Assert.Equal(first[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal).Replace("\n", "\\u000a", StringComparison.Ordinal)
            .Replace("\r", "\\u000d", StringComparison.Ordinal), set.Classes!.NameOf(set.Labels![0]));
        // Lines of the file are counted, not rows.
        path = folder.Write("t.csv", Encoding.UTF8.GetBytes(heading + first + levels + "x,1\n"));
        int line = 3 + first.Count(letter => letter == '\n');
        Assert.StartsWith($"'{path}': line {line}: expected 17 fields, found 2",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(path, Split.All)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_QuoteThatIsNotClosed_NamesItsLine()
    {
        using var folder = new TemporaryFolder();
        string row = string.Concat(Enumerable.Repeat(",0", 16)) + "\n";
        string path = folder.Write("t.csv", Encoding.UTF8.GetBytes($"label,{string.Join(',', Enumerable.Range(0, 16)
            .Select(i => $"pixel{i}"))}\ncat{row}\"dog{row}cat{row}"));
        Assert.Equal($"'{path}': line 3: expected a closing quote, found the end of the file; a table of images has one image a line.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(path, Split.All)).Message);
    }

    [Fact]
    public void Open_GzippedTableOnAPipe_IsRead() => Assert.Equal(pixels,
        ImageSource.Open("-", Split.All, new()
        {
            StandardInput =
            new MemoryStream(Samples.Gzip(Encoding.UTF8.GetBytes(Table(true, true))))
        }).Pixels);

    [Fact]
    public void Open_ColumnsInAnotherOrderThanTheirPixels_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string heading = string.Join(',', Enumerable.Range(0, 784).Reverse().Select(i => $"pixel{i}"));
        string path = folder.Write("t.csv", Encoding.UTF8.GetBytes($"label,{heading}\n3{string.Concat(Enumerable.Repeat(",0", 784))}\n"));
        Assert.StartsWith($"'{path}': line 1: expected columns in the order of their pixels, pixel0 first, found 'pixel783' before "
            + "'pixel782'", Assert.Throws<InvalidDataException>(() => ImageSource.Open(path, Split.All)).Message);
    }

    [Theory]
    [InlineData("300", "line 3, pixel 2: expected a number in [0,255], found 300; divide the array by its largest value")]
    [InlineData("-4", "line 3, pixel 2: expected a number in [0,255], found -4; undo the normalisation")]
    public void Open_NumberOutsideTheScale_NamesTheLine(string number, string message)
    {
        using var folder = new TemporaryFolder();
        string row = string.Concat(Enumerable.Repeat(",200", 16)) + "\n";
        string path = folder.Write("t.csv", Encoding.UTF8.GetBytes($"1{row}2{row}3,0,0,{number}{row[(3 * 4)..]}"));
        Assert.StartsWith($"'{path}': {message}", Assert.Throws<InvalidDataException>(() => ImageSource.Open(path, Split.All)).Message);
    }

    [Theory]
    [InlineData("label,pixel0,pixel1,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p\n", "line 1: expected 784 columns of pixels and at most one of "
        + "labels, called 'label', found 19 columns")]
    [InlineData("0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n1,2\n", "line 2: expected 17 fields, found 2")]
    [InlineData("0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n0,0,0,x,0,0,0,0,0,0,0,0,0,0,0,0,0\n", "line 2: expected a number in field 4, found "
        + "'x'")]
    public void Open_DamagedTable_NamesTheLine(string text, string message)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("t.csv", Encoding.UTF8.GetBytes(text));
        Assert.StartsWith($"'{path}': {message}", Assert.Throws<InvalidDataException>(() => ImageSource.Open(path, Split.All)).Message);
    }

    // A number of 785 without a heading is the label where it comes first; where it comes last, nothing would say so.
    [Fact]
    public void Open_LabelLastWithoutAHeading_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string blank = string.Concat(Enumerable.Repeat("0,", 783));
        string path = folder.Write("t.csv", Encoding.UTF8.GetBytes($"{blank}99,3\n{blank}99,7\n"));
        Assert.Equal($"'{path}': line 1: expected the label first, or a heading with a column 'label', found 0 in the first column and "
            + "digits in the last; a table of images has one image a line.",
            Assert.Throws<InvalidDataException>(() => ImageSource.Open(path, Split.All)).Message);
    }

    [Theory]
    [InlineData("Label", "7.0", 7)]
    [InlineData("LABEL", "3", 3)]
    [InlineData("label", "\"a, b\"", 0)]
    [InlineData("label", "-1", null)]
    [InlineData("label", "0.5", null)]
    [InlineData("label", "", null)]
    public void Open_LabelsOfOtherWriting_AreReadOrLeftOut(string heading, string label, int? expected)
    {
        using var folder = new TemporaryFolder();
        string head = $"{heading},{string.Join(',', Enumerable.Range(0, 784).Select(i => $"pixel{i}"))}\n";
        string path = folder.Write("t.csv", Encoding.UTF8.GetBytes($"{head}{label}{string.Concat(Enumerable.Repeat(",9", 784))}\n"));
        ImageSet set = ImageSource.Open(path, Split.All);
        Assert.Equal((1, expected), (set.Count, set.Labels is [var digit] ? digit : null));
    }

    // What is not read is called by its name, whatever the file's name says.
    [Theory]
    [InlineData("hello world\nthis is text", "text that starts 'hello world this is text'; get the file again (a list of paths is read "
        + "from standard input: --data - < FILE).")]
    [InlineData("<!DOCTYPE html><html>", "a web page; get the file itself.")]
    [InlineData("<?xml version=\"1.0\"?>\n<svg width=\"28\">", "an SVG drawing; convert it to PNG.")]
    [InlineData("\u00FF\u00FEl\0a\0", "text in UTF-16; save it as UTF-8.")]
    [InlineData("label;p;p;p;p;p;p;p;p;p;p;p;p;p;p;p;p\n", "a table parted by semicolons or tabs; save it with commas.")]
    [InlineData("0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0\n", "a table parted by semicolons or tabs; save it with commas.")]
    [InlineData("\u00FD7zXZ\0\0", "an xz file; unpack it.")]
    [InlineData("BZh91AY&SY\0", "a bzip2 file; unpack it.")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS, not the file itself; get that by git lfs pull.")]
    [InlineData("%PDF-1.7\n", "a PDF document; convert its pages to PNG.")]
    [InlineData("II*\0\b\0\0\0", "a TIFF image; convert it to PNG.")]
    [InlineData("P2\n2 2\n255\n0 0 0 0", "an image of a kind that is not read; convert it to PNG.")]
    [InlineData("", "an empty file; name another.")]
    [InlineData("\u0001\u0002\u0003", "the bytes 010203; convert it to PNG, .npy or IDX.")]
    public void Open_FileOfAnotherKind_SaysWhatItIs(string content, string found)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("x.png", Encoding.Latin1.GetBytes(content));
        Assert.EndsWith($"found {found}", Assert.Throws<InvalidDataException>(() => ImageSource.Open(path, Split.All)).Message,
            StringComparison.Ordinal);
    }

    static string Table(bool hasHeading, bool hasLabels, string lineEnd = "\n", bool quoted = false)
    {
        string quote = quoted ? "\"" : "";
        IEnumerable<string> heading = [.. hasLabels ? ["label"] : Array.Empty<string>(), .. Enumerable.Range(0, 784)
            .Select(i => $"pixel{i}")];
        IEnumerable<IEnumerable<string>> rows = Enumerable.Range(0, 2).Select(row =>
            (hasLabels ? [row == 0 ? "3" : "7"] : Array.Empty<string>())
                .Concat(pixels.Skip(784 * row).Take(784).Select(pixel => $"{pixel}")));
        return string.Concat((hasHeading ? [heading] : Array.Empty<IEnumerable<string>>()).Concat(rows)
            .Select(line => string.Join(',', line.Select(field => $"{quote}{field}{quote}")) + lineEnd));
    }
}
