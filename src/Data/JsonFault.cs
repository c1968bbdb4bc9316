using System.Text.Json;

namespace Toolchain.Data;

/// <summary>What is wrong with a JSON file, in words of ours.</summary>
public static class JsonFault
{
    /// <summary>"other text in line 3" where it is no JSON, else "JSON of another shape".</summary>
    /// <param name="error">What reading it threw.</param>
    public static string Of(Exception error) => error is JsonException { LineNumber: { } line } ? $"other text in line {line + 1}"
        : "JSON of another shape";
}
