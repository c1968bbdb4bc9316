using System.Security.Cryptography;
using Toolchain.Data;
using Toolchain.Evaluate;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Inference;

namespace Toolchain.Commands.Plots;

/// <summary>A model that plots are drawn from, recognised by its inputs and outputs.</summary>
sealed class PlotModel
{
    readonly string path, kind;
    readonly OnnxModel model;

    PlotModel(string path, string kind, OnnxModel model) => (this.path, this.kind, this.model) = (path, kind, model);

    /// <summary>Reads a model file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it is expected to be, such as "a generator of infogan".</param>
    /// <param name="inputs">All its inputs; an axis with a name may have any size.</param>
    /// <param name="outputs">Outputs that it must have, among others.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidModelException">It is damaged, or of another kind.</exception>
    public static PlotModel Load(string path, string kind, Value[] inputs, Value[] outputs)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"'{path}': expected {kind}, found no file; train it first.");
        }
        try
        {
            OnnxModel file = OnnxFile.Load(path);
            ModelManifest.Require(path, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
            var loaded = new PlotModel(path, kind, file);
            ProgramStart.Trial.Require(path);
            loaded.Require("inputs", inputs, loaded.model.Inputs, others: false);
            loaded.Require("outputs", outputs, loaded.model.Outputs, others: true);
            return loaded;
        }
        catch (InvalidDataException error)
        {
            throw new InvalidModelException(error.Message, error);
        }
    }

    /// <summary>A tensor of float32 by name and axes.</summary>
    public static Value Float(string name, params ReadOnlySpan<Dim> axes) =>
        new(name, new TensorType(ElementType.Float32, new Shape(axes)));

    /// <summary>How pictures become images, from its input or output 'image'.</summary>
    /// <exception cref="InvalidModelException">That is no image, or it asks for what this version cannot do.</exception>
    public Preprocess Preprocess
    {
        get
        {
            Value image = model.Inputs.Concat(model.Outputs).First(value => value.Name == "image");
            ImageShape shape = ImageShape.Of([.. Enumerable.Range(0, image.Shape.Count).Select(axis => image.Shape[axis].Size ?? -1)])
                ?? throw Broken("images of 1 or 3 channels and fixed sizes", $"{image.Shape}");
            return Preprocess.Of(model.Metadata, shape, path);
        }
    }

    /// <summary>The size of an input's axis.</summary>
    /// <exception cref="InvalidModelException">It is not fixed.</exception>
    public int Size(string input, int axis)
    {
        Value value = model.Inputs.First(value => value.Name == input);
        return (int)(value.Shape[axis].Size ?? throw Broken($"an input '{input}' of fixed sizes", $"{value.Shape}"));
    }

    /// <summary>Runs it in ONNX Runtime.</summary>
    /// <exception cref="InvalidModelException">The runtime refuses the model.</exception>
    public IReadOnlyDictionary<string, TensorData> Run(IReadOnlyDictionary<string, TensorData> inputs)
    {
        try
        {
            return OnnxRuntimeCheck.Run(model.ToBytes(), inputs);
        }
        catch (InvalidModelException error)
        {
            throw new InvalidModelException($"'{path}': expected {kind}, found a model that ONNX Runtime cannot run "
                + $"({error.Message.ReplaceLineEndings(" ")})", error);
        }
    }

    /// <summary>The error of a model that is not what it should be.</summary>
    public InvalidModelException Broken(string expected, string found) => new($"'{path}': expected {expected}, found {found}.");

    void Require(string what, Value[] expected, IReadOnlyList<Value> found, bool others)
    {
        bool fits = expected.All(value => found.Any(other => other.Name == value.Name && other.Type.Element == value.Type.Element
            && other.Shape.IsCompatibleWith(value.Shape)));
        if (!fits || (found.Count > expected.Length && !others))
        {
            throw Broken($"{kind} with the {what} {List(expected)}", List(found));
        }
    }

    static string List(IEnumerable<Value> values) => string.Join(", ", values.Select(value => $"{value.Name} {value.Type}"));
}
