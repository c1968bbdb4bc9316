using System.Reflection;

namespace Toolchain.Export.Weaver.Tests;

/// <summary>Files of the TorchSharp package that the build weaves.</summary>
static class PackageFiles
{
    public static string TorchSharp => Path("TorchSharp");

    public static string Native => Path("TorchSharpNative");

    static string Path(string key) => typeof(PackageFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
