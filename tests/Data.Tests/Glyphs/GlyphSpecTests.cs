using Toolchain.Data.Glyphs;

namespace Toolchain.Data.Tests.Glyphs;

public sealed class GlyphSpecTests
{
    [Theory]
    [InlineData("", 26, "A", "Z", 1, 28)]
    [InlineData(":", 26, "A", "Z", 1, 28)]
    [InlineData(":62:32:rgb", 62, "0", "z", 3, 32)]
    [InlineData(":alphanumeric:8", 62, "0", "z", 1, 8)]
    [InlineData(":letters:128:gray", 52, "A", "z", 1, 128)]
    [InlineData(":digits", 10, "0", "9", 1, 28)]
    [InlineData(":xÄ-", 3, "x", "-", 1, 28)]
    public void Parse_Form_GivesItsParts(string rest, int count, string first, string last, int channels, int side)
    {
        using var folder = new TemporaryFolder();
        GlyphSpec spec = GlyphSpec.Parse($"glyphs:{folder[""]}{rest}");
        Assert.Equal((folder[""], count, first, last), (spec.Folder, spec.Characters.Length, spec.Characters[0], spec.Characters[^1]));
        Assert.Equal(new(channels, side, side), spec.Shape);
    }

    [Theory]
    [InlineData("glyphs", "expected glyphs:FOLDER[:CHARACTERS[:SIZE[:gray|rgb]]], such as glyphs:/usr/share/fonts:62:32:rgb.")]
    [InlineData("glyphs:.:A:1:rgb:2", "expected glyphs:FOLDER[:CHARACTERS[:SIZE[:gray|rgb]]], such as glyphs:/usr/share/fonts:62:32:rgb.")]
    [InlineData("glyphs:.:capitels", Words + "found 'capitels'.")]
    [InlineData("glyphs:.:AA", Words + "found 'AA'.")]
    [InlineData("glyphs:.:A", Words + "found 'A'.")]
    [InlineData("glyphs:.:A B", Words + "found 'A B'.")]
    [InlineData("glyphs:.:AB:7", "expected a size in [8..128], found '7'.")]
    [InlineData("glyphs:.:AB:129", "expected a size in [8..128], found '129'.")]
    [InlineData("glyphs:.:AB:x", "expected a size in [8..128], found 'x'.")]
    [InlineData("glyphs:.:AB:28:grey", "expected gray or rgb, found 'grey'.")]
    public void Parse_Malformed_SaysWhatIsExpected(string spec, string message) => Assert.Equal($"'{spec}': {message} (Parameter 'spec')",
        Assert.Throws<ArgumentException>(() => GlyphSpec.Parse(spec)).Message);

    [Fact]
    public void Parse_NoFolder_SaysSo() => Assert.Equal(
        "'nowhere': no such folder; expected one with fonts (.ttf, .otf), such as /usr/share/fonts.",
        Assert.Throws<FileNotFoundException>(() => GlyphSpec.Parse("glyphs:nowhere:AB")).Message);

    const string Words = "expected characters as digits, capitals, letters, alphanumeric, 62, or two or more different characters, such as "
        + "ABC; ";
}
