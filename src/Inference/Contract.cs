using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Toolchain.Data;

namespace Toolchain.Inference;

/// <summary>The contract between training and inference (docs/decisions/0001-contract.md), checked on a loaded model.</summary>
static class Contract
{
    /// <summary>The outputs in their order.</summary>
    public static readonly string[] Outputs = ["embedding", "probability", "cluster"];

    /// <summary>Checks it, and gives the shape of the images.</summary>
    public static ImageShape Check(InferenceSession session, string path, string layer)
    {
        if (session.InputMetadata.Count == 1 && session.InputMetadata.ContainsKey("picture"))
        {
            throw new InvalidModelException($"'{path}': expected an encoder, found a model of pictures (uvl export --from-picture), which "
                + "is for other programs; name the encoder that it was made from.");
        }
        if (session.InputMetadata.Count != 1 || !session.InputMetadata.TryGetValue("image", out NodeMetadata? image))
        {
            throw Broken(path, "one input 'image'", $"the inputs {List(session.InputMetadata.Keys)}");
        }
        RequireType(path, "image", image, typeof(float));
        ImageShape? shape = ImageShape.Of(Array.ConvertAll(image.Dimensions, size => (long)size));
        if (shape is null || image.Dimensions[0] != -1)
        {
            throw Broken(path, $"'image' as [N,C,H,W] with a free N, 1 or 3 channels and sides of {ImageShape.LeastSide} to "
                + $"{ImageShape.MostSide} pixels",
                $"[{string.Join(",", image.Dimensions.Select(size => size < 0 ? "N" : size.ToString(CultureInfo.InvariantCulture)))}]");
        }
        foreach ((string name, NodeMetadata output) in session.OutputMetadata.Where(pair =>
            Outputs.Contains(pair.Key) || pair.Key == layer))
        {
            RequireType(path, name, output, name == "cluster" ? typeof(long) : typeof(float));
            // Another layer than the contract's may have several axes, such as parts by features; its rows are laid out flat.
            int axes = name == "cluster" ? 1 : Outputs.Contains(name) ? 2 : Math.Max(2, output.Dimensions.Length);
            bool fits = output.Dimensions.Length == axes && output.Dimensions.Skip(1).All(size => size > 0);
            if (!fits)
            {
                throw Broken(path, name == "cluster" ? "'cluster' as [N]" : $"'{name}' as [N,D] with a fixed D",
                    $"{output.Dimensions.Length} axes [{string.Join(",", output.Dimensions)}]");
            }
        }
        if (layer != "embedding" && !session.OutputMetadata.ContainsKey(layer))
        {
            throw new ArgumentException($"--layer '{layer}': expected one of the outputs {List(session.OutputMetadata.Keys)} of '{path}'.");
        }
        if (!session.OutputMetadata.Keys.Any(Outputs.Contains))
        {
            throw Broken(path, $"an output among {List(Outputs)}", $"the outputs {List(session.OutputMetadata.Keys)}");
        }
        return shape.Value;
    }

    static void RequireType(string path, string name, NodeMetadata metadata, Type type)
    {
        if (!metadata.IsTensor || metadata.ElementType != type)
        {
            throw Broken(path, $"'{name}' of {NameOf(type)}", metadata.IsTensor ? NameOf(metadata.ElementType) : "no tensor");
        }
    }

    // As NumPy and ONNX call them.
    static string NameOf(Type type) => type.Name switch
    {
        nameof(Single) => "float32",
        nameof(Double) => "float64",
        nameof(SByte) => "int8",
        nameof(Byte) => "uint8",
        nameof(Boolean) => "bool",
        var other => other.ToLowerInvariant(),
    };

    static string List(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));

    static InvalidModelException Broken(string path, string expected, string found) =>
        new($"'{path}': expected {expected}, found {found}; export the encoder with 'uvl export' or rename its inputs and outputs.");
}
