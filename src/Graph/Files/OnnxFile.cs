using Google.Protobuf;
using Toolchain.Graph.Reading;
using Toolchain.Graph.Writing;

namespace Toolchain.Graph.Files;

/// <summary>Models as <c>.onnx</c> files and as their bytes.</summary>
public static class OnnxFile
{
    /// <summary>Reads a file, and the weights beside it that it names.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no ONNX model, or uses what this library does not read; the message names the
    /// place.</exception>
    public static OnnxModel Load(string path)
    {
        try
        {
            return OnnxReader.Read(ModelFile.ReadBytes(path), Path.GetDirectoryName(Path.GetFullPath(path)));
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"'{path}': {error.Message}", error);
        }
    }

    /// <summary>Reads a model from the bytes of a file, which must not change afterwards: large weights stay in them.</summary>
    /// <exception cref="InvalidDataException">The bytes are no ONNX model, or use what this library does not read.</exception>
    public static OnnxModel FromBytes(ReadOnlyMemory<byte> bytes) => OnnxReader.Read(bytes);

    /// <summary>Writes the file whole or not at all, with its weights in a second file beside it where they are large.</summary>
    /// <param name="model">The model to write.</param>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="externalDataThreshold">Size of all weights, in bytes, from which they go into a file of their own.</param>
    /// <returns>Digest, size and files of what was written.</returns>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; what was there before is still there.</exception>
    public static SavedModel Save(this OnnxModel model, string path, long externalDataThreshold = ModelWriter.DefaultThreshold) =>
        ModelWriter.Save(model, path, externalDataThreshold);

    /// <summary>
    /// Writes a small file with the graph of a self-contained one, whose large weights are external data that lie in that one. A runtime
    /// maps them, where it would copy those inside of a model.
    /// </summary>
    /// <param name="path">A self-contained file.</param>
    /// <param name="reference">The file to make or replace, in the same folder.</param>
    /// <exception cref="IOException">One of the files cannot be read or written.</exception>
    public static void WriteReference(string path, string reference) => ReferenceFile.Write(path, reference);

    /// <summary>The bytes of a self-contained file; the same model gives the same bytes.</summary>
    /// <exception cref="GraphException">They would be more than the 2 GB that the format allows.</exception>
    public static byte[] ToBytes(this OnnxModel model) => model.WeightBytes < Array.MaxLength
        && OnnxWriter.ToProto(model) is Onnx.ModelProto proto && proto.CalculateSize() is > 0 and int size && size < Array.MaxLength
        ? proto.ToByteArray()
        : throw new GraphException($"a model with {model.WeightBytes} bytes of weights is too large for one file; save it with external "
            + "data.");

    /// <summary>
    /// The model as a reader of its file gets it: written and read again, but for the content of large weights, which stay this model's
    /// own.
    /// </summary>
    public static OnnxModel ReadBack(this OnnxModel model) => OnnxReader.Read(WeightCut.WriteAndRead(model), folder: null);

    /// <summary>Digest and size of what <see cref="Save"/> writes by default, without making it.</summary>
    public static SavedModel Describe(this OnnxModel model) => ModelWriter.Describe(model);
}
