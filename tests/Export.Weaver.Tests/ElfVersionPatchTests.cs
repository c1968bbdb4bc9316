namespace Toolchain.Export.Weaver.Tests;

public sealed class ElfVersionPatchTests
{
    const string Stream = ElfVersionPatch.Symbol, Clock = ElfVersionPatch.Replacement;

    [Fact]
    public void Apply_HandMadeLibrary_RetargetsTheOneSymbol()
    {
        var library = new SmallElf(("puts", 1), (Stream, 3), (Clock, 2));
        int size = library.File.Length;
        Assert.True(ElfVersionPatch.IsNeeded(library.File));

        ElfVersionPatch.Apply(library.File);

        Assert.Equal([("puts", 1), (Clock, 2), (Clock, 2)], new[] { 1, 2, 3 }.Select(library.Symbol)
            .Select(symbol => (symbol.Name, (int)symbol.Version)));
        Assert.Equal(2, library.Flags);
        Assert.Equal(size, library.File.Length);
    }

    [Fact]
    public void Apply_RealLibrary_ChangesEightBytesAtMost()
    {
        Assert.SkipUnless(File.Exists(PackageFiles.Native), "the package holds no linux-x64 library");
        byte[] before = File.ReadAllBytes(PackageFiles.Native), after = [.. before];

        ElfVersionPatch.Apply(after);

        // 4 bytes of name, 2 of version, 2 of flags.
        Assert.InRange(before.Zip(after).Count(pair => pair.First != pair.Second), 3, 8);
    }

    [Fact]
    public void Apply_OtherSymbolAtThatVersion_IsRefused()
    {
        var library = new SmallElf((Stream, 3), ("_ZSt5other", 3), (Clock, 2));

        Assert.Equal(
            $"at GLIBCXX_3.4.32 exactly '{Stream}' may be asked for, found {Stream}, _ZSt5other; take a system whose libstdc++ has "
            + $"GLIBCXX_3.4.32 (GCC 13 or later).",
            Assert.Throws<InvalidDataException>(() => ElfVersionPatch.Apply(library.File)).Message);
    }

    [Fact]
    public void Apply_WithoutReplacement_IsRefused()
    {
        var library = new SmallElf((Stream, 3), ("puts", 1));

        Assert.Equal(
            $"the library does not import '{Clock}', which is to stand for '{Stream}'; take a system whose libstdc++ has GLIBCXX_3.4.32 "
            + $"(GCC 13 or later).",
            Assert.Throws<InvalidDataException>(() => ElfVersionPatch.Apply(library.File)).Message);
    }

    [Fact]
    public void Apply_NoElf_IsRefused() => Assert.Equal(
        "expected a little-endian ELF64 library (first bytes 7F 45 4C 46 02 01).",
        Assert.Throws<InvalidDataException>(() => ElfVersionPatch.Apply(new byte[100])).Message);

    [Fact]
    public void Apply_TruncatedFile_IsRefused()
    {
        byte[] library = new SmallElf((Stream, 3), (Clock, 2)).File;

        string message = Assert.Throws<InvalidDataException>(() => ElfVersionPatch.Apply(library[..^10])).Message;

        Assert.Equal($"the section headers (offset {library.Length - 256}, 4 of 64 bytes) reach past the file's {library.Length - 10} "
            + $"bytes.", message);
    }
}
