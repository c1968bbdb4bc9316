using Toolchain.Data.Embeddings;

namespace Toolchain.Data.Tests;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("a name.png", "a name.png")]
    [InlineData("ünïcödé 数字", "ünïcödé 数字")]
    [InlineData("a\nb", "a\\u000ab")]
    [InlineData("\u001b[31mred", "\\u001b[31mred")]
    [InlineData("gpj.\u202etxt", "gpj.\\u202etxt")]
    [InlineData("\u0085\u007f", "\\u0085\\u007f")]
    public void Line_ControlCharacters_AreEscaped(string text, string expected) => Assert.Equal(expected, Printable.Line(text));

    [Theory]
    [InlineData("runs/moco-0", "runs/moco-0")]
    [InlineData("a b", "'a b'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("$(x)", "'$(x)'")]
    public void Word_OfAPath_IsOneWordOfAShell(string path, string word) => Assert.Equal(word, Printable.Word(path));

    [Fact]
    public void Lines_LineFeeds_Stay() => Assert.Equal("a\nb\\u000d", Printable.Lines("a\nb\r"));

    [Theory]
    [InlineData("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0,1\n")]
    [InlineData("+1", "'+1,1\n")]
    [InlineData("-1", "'-1,1\n")]
    [InlineData("@SUM(A1,B1)", "\"'@SUM(A1,B1)\",1\n")]
    [InlineData("plain.png", "plain.png,1\n")]
    public void Csv_NameThatASpreadsheetWouldRun_IsText(string name, string expected)
    {
        using var folder = new TemporaryFolder();
        EmbeddingFile.Write(folder["e.csv"], new([name], [1]));
        Assert.Equal(expected, File.ReadAllText(folder["e.csv"]).Split('\n', 2)[1]);
    }

    [Theory]
    [InlineData("trian", "train")]
    [InlineData("--DTA", "--data")]
    [InlineData("zzzzzz", null)]
    public void NearestWord_Of_IsTheOneWithTheFewestEdits(string word, string? expected) =>
        Assert.Equal(expected, NearestWord.Of(word, ["train", "embed", "--data", "--device"]));
}
