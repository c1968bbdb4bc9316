using System.Buffers;
using Google.Protobuf;
using Onnx;

namespace Toolchain.Graph.Reading;

/// <summary>A decoded model.</summary>
/// <param name="Proto">The message, without the content of large weights.</param>
/// <param name="Weights">That content, by the index of the initializer, where it lies in the file's bytes.</param>
sealed record ParsedModel(ModelProto Proto, IReadOnlyDictionary<int, ReadOnlySequence<byte>> Weights);

/// <summary>The message in an <c>.onnx</c> file, scanned before it is decoded.</summary>
static class ModelFile
{
    /// <exception cref="InvalidDataException">The file is none, or holds no ONNX model.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static byte[] ReadBytes(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new FileNotFoundException($"'{path}': no such file; expected an ONNX model.", path);
        }
        // Pipes and devices have no length; opening one could wait for ever.
        if (file.Length == 0)
        {
            throw new InvalidDataException("not an ONNX model: it is empty, or no regular file.");
        }
        if (file.Length > Array.MaxLength)
        {
            throw new InvalidDataException($"not a readable ONNX model: it has {file.Length} bytes, protobuf ends at 2 GB; such a model "
                + $"keeps its weights as external data.");
        }
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new InvalidDataException($"not a readable ONNX model: it may not be read; change its permissions.", error);
        }
    }

    /// <exception cref="InvalidDataException">The bytes are no ONNX model; the text has path and offset.</exception>
    public static ParsedModel Parse(ReadOnlyMemory<byte> bytes)
    {
        WireScan.Check(bytes.Span, ModelProto.Descriptor);
        (ReadOnlyMemory<byte> message, IReadOnlyDictionary<int, ReadOnlySequence<byte>> weights) = WeightCut.Cut(bytes);
        try
        {
            ModelProto proto = ModelProto.Parser.ParseFrom(message.Span);
            return proto.Graph is { Node.Count: > 0 }
                ? new ParsedModel(proto, weights)
                : throw new InvalidDataException("not an ONNX model: it holds no graph; expected a file written by an ONNX exporter.");
        }
        catch (InvalidProtocolBufferException error)
        {
            // What the scan leaves to the decoder, such as text that is no UTF-8.
            throw new InvalidDataException($"not an ONNX model: {bytes.Length} bytes that are no protobuf message ({error.Message})",
                error);
        }
    }
}
