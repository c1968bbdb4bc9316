using Toolchain.Data;
using Toolchain.Data.Reading;
using Toolchain.Graph.Inspection;
using Toolchain.Inference;

namespace Toolchain.Evaluate;

/// <summary>Reads model files for inspection.</summary>
public static class InspectedModel
{
    /// <summary>Reads a model file, and compares it with the manifest beside it.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidModelException">It is damaged, malicious, or breaks a rule of ONNX; the text names the place.</exception>
    public static ModelInspection Load(string path)
    {
        try
        {
            ModelInspection found = ModelInspection.Load(path);
            ModelManifest.Require(path, found.Sha256);
            return found;
        }
        catch (InvalidDataException error)
        {
            throw new InvalidModelException(FileContent.InsteadOfModel(path) is { } other
                ? $"'{path}': expected an ONNX model, found {other}." : error.Message, error);
        }
    }
}
