using System.Runtime.InteropServices;

namespace Toolchain.Export.Weaver;

/// <summary>
/// The build's tool: <c>weave IN OUT</c> makes a recording TorchSharp.dll, <c>mend IN OUT</c> a native library that loads on old systems.
/// </summary>
static class Program
{
    static int Main(string[] arguments)
    {
        try
        {
            switch (arguments)
            {
                case ["weave", string source, string target]:
                    Weave(source, target);
                    return 0;
                case ["mend", string source, string target]:
                    Mend(source, target);
                    return 0;
                default:
                    Console.Error.WriteLine("error : usage: weave TorchSharp.dll OUT | mend libLibTorchSharp.so OUT");
                    return 2;
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or BadImageFormatException)
        {
            // "error :" makes MSBuild show the line as an error of the build.
            Console.Error.WriteLine($"error : cannot {arguments[0]} '{arguments[1]}': {e.Message}");
            return 1;
        }
    }

    static void Weave(string source, string target)
    {
        var woven = new MemoryStream();
        RecorderWeaver.Result result = RecorderWeaver.Weave(source, woven);
        WriteWhole(target, woven.ToArray());
        if (result.Difference is not null)
        {
            // MSBuild shows the line as a warning of the build.
            Console.WriteLine($"warning TOOLCHAIN001: {result.Difference}");
        }
        Console.WriteLine($"{target}: {result.Entries} native entries, {result.Callers} callers");
    }

    static void Mend(string source, string target)
    {
        byte[] library = File.ReadAllBytes(source);
        bool mend = ElfVersionPatch.IsNeeded(library) && !SystemHasSymbol();
        if (mend)
        {
            ElfVersionPatch.Apply(library);
        }
        WriteWhole(target, library);
        Console.WriteLine($"{target}: {(mend ? $"runs without {ElfVersionPatch.Version} now" : "unchanged")}");
    }

    // The library that the loader itself would take, whatever the distribution calls its folders.
    static bool SystemHasSymbol() =>
        NativeLibrary.TryLoad("libstdc++.so.6", out nint library) && NativeLibrary.TryGetExport(library, ElfVersionPatch.Symbol, out _);

    // Into a new file, then renamed: outputs are hard links to the old one, and two builds may run at once.
    static void WriteWhole(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, path, overwrite: true);
    }
}
