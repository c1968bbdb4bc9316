namespace Toolchain.Tests;

/// <summary>The checkout that tests were built from.</summary>
static class Checkout
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = Find();

    /// <summary>A path in it.</summary>
    public static string In(params string[] names) => Path.Combine([Root, .. names]);

    /// <summary>A shipped model, such as "moco".</summary>
    public static string Model(string name) => In("models", name, "onnx", "model.onnx");

    static string Find()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Toolchain.sln")))
        {
            folder = Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException($"'{AppContext.BaseDirectory}': expected a checkout above it, found none.");
        }
        return folder;
    }
}
