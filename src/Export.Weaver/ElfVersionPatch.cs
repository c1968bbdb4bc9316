using System.Buffers.Binary;
using System.Text;

namespace Toolchain.Export.Weaver;

/// <summary>
/// Lets a shared library of x86-64 Linux load where the system's C++ library is older than one symbol that it asks for.
/// </summary>
/// <remarks>
/// TorchSharp 0.107.0 was built with GCC 13, whose stream headers call <c>std::ios_base_library_init()</c> (version GLIBCXX_3.4.32) once
/// from static initialisers. Debian 12, Ubuntu 22.04 and RHEL 9 stop at GLIBCXX_3.4.30; libtorch, loaded before, has initialised the
/// streams there. So the call goes to another imported function, without arguments or side effects, and the version is marked as not
/// required. Size and layout stay as they are. Format: System V ABI, chapter 4; Linux Standard Base 5.0, section "Symbol Versioning".
/// </remarks>
static class ElfVersionPatch
{
    internal const string Version = "GLIBCXX_3.4.32";
    internal const string Symbol = "_ZSt21ios_base_library_initv";
    internal const string Replacement = "_ZNSt6chrono3_V212steady_clock3nowEv";

    const int SectionDynamicSymbols = 11;
    const int SectionVersionNeeds = 0x6ffffffe;
    const int SectionVersions = 0x6fffffff;
    const int SymbolSize = 24;
    const ushort WeakFlag = 2;
    const ushort HiddenBit = 0x8000;

    /// <summary>A section's place in the file, and the section it links to.</summary>
    internal readonly record struct Section(int Type, int Offset, int Size, int Link);

    /// <summary>Whether the library asks for <see cref="Version"/> at all.</summary>
    internal static bool IsNeeded(ReadOnlySpan<byte> library) => FindNeed(library, Sections(library)) >= 0;

    /// <summary>Mends <paramref name="library"/>, the whole file, in place.</summary>
    /// <exception cref="InvalidDataException">It is no ELF64 library, or asks for other symbols at that version, or lacks the
    /// replacement.</exception>
    internal static void Apply(Span<byte> library)
    {
        List<Section> sections = Sections(library);
        int need = FindNeed(library, sections);
        if (need < 0)
        {
            throw new InvalidDataException($"the library does not ask for {Version}; nothing to mend.");
        }
        ushort version = U16(library, need + 6);
        Section symbols = Only(sections, SectionDynamicSymbols, ".dynsym");
        Section versions = Only(sections, SectionVersions, ".gnu.version");

        var atVersion = new List<int>();
        int replacement = -1;
        for (int index = 0; index < symbols.Size / SymbolSize; index++)
        {
            string name = Name(library, sections[symbols.Link], I32(library, symbols.Offset + index * SymbolSize));
            if ((U16(library, versions.Offset + 2 * index) & ~HiddenBit) == version)
            {
                atVersion.Add(index);
            }
            replacement = name == Replacement ? index : replacement;
        }
        string[] found = NamesOf(library, sections, symbols, atVersion);
        if (found is not [Symbol])
        {
            throw new InvalidDataException($"at {Version} exactly '{Symbol}' may be asked for, found {string.Join(", ", found)}; take a "
                + $"system whose libstdc++ has {Version} (GCC 13 or later).");
        }
        if (replacement < 0)
        {
            throw new InvalidDataException($"the library does not import '{Replacement}', which is to stand for '{Symbol}'; take a system "
                + $"whose libstdc++ has {Version} (GCC 13 or later).");
        }

        library.Slice(symbols.Offset + replacement * SymbolSize, 4).CopyTo(library[(symbols.Offset + atVersion[0] * SymbolSize)..]);
        library.Slice(versions.Offset + 2 * replacement, 2).CopyTo(library[(versions.Offset + 2 * atVersion[0])..]);
        BinaryPrimitives.WriteUInt16LittleEndian(library[(need + 4)..], (ushort)(U16(library, need + 4) | WeakFlag));
    }

    static string[] NamesOf(ReadOnlySpan<byte> library, List<Section> sections, Section symbols, List<int> indices)
    {
        var names = new string[indices.Count];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = Name(library, sections[symbols.Link], I32(library, symbols.Offset + indices[i] * SymbolSize));
        }
        return names;
    }

    static List<Section> Sections(ReadOnlySpan<byte> library)
    {
        if (library.Length < 64 || !library.StartsWith("\u007fELF"u8) || library[4] != 2 || library[5] != 1)
        {
            throw new InvalidDataException("expected a little-endian ELF64 library (first bytes 7F 45 4C 46 02 01).");
        }
        int start = I64(library, 0x28), size = U16(library, 0x3a), count = U16(library, 0x3c);
        if (size < 64 || start + (long)size * count > library.Length)
        {
            throw new InvalidDataException($"the section headers (offset {start}, {count} of {size} bytes) reach past the file's "
                + $"{library.Length} bytes.");
        }
        var sections = new List<Section>(count);
        for (int i = 0; i < count; i++)
        {
            int at = start + i * size;
            sections.Add(new Section(I32(library, at + 4), I64(library, at + 24), I64(library, at + 32), I32(library, at + 40)));
        }
        return sections;
    }

    // The offset of the Vernaux record of Version, or -1: records are linked by relative offsets, 0 ends a list.
    static int FindNeed(ReadOnlySpan<byte> library, List<Section> sections)
    {
        Section needs = Only(sections, SectionVersionNeeds, ".gnu.version_r");
        for (int file = needs.Offset; ; file += I32(library, file + 12))
        {
            for (int need = file + I32(library, file + 8); ; need += I32(library, need + 12))
            {
                if (Name(library, sections[needs.Link], I32(library, need + 8)) == Version)
                {
                    return need;
                }
                if (I32(library, need + 12) == 0)
                {
                    break;
                }
            }
            if (I32(library, file + 12) == 0)
            {
                return -1;
            }
        }
    }

    static Section Only(List<Section> sections, int type, string name)
    {
        int index = sections.FindIndex(s => s.Type == type);
        return index >= 0 ? sections[index] : throw new InvalidDataException($"the library has no section '{name}'.");
    }

    static string Name(ReadOnlySpan<byte> library, Section strings, int offset)
    {
        ReadOnlySpan<byte> rest = library.Slice(strings.Offset + offset, strings.Size - offset);
        return Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)0)]);
    }

    static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
    static int I32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
    static int I64(ReadOnlySpan<byte> bytes, int at) => checked((int)BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]));
}
