using System.Buffers;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Onnx;
using Toolchain.Graph.Writing;

namespace Toolchain.Graph.Reading;

/// <summary>A model whose large weights lie in the file of another one, where protobuf put them.</summary>
static class ReferenceFile
{
    /// <param name="path">The self-contained file with the weights.</param>
    /// <param name="reference">The file to make, beside it.</param>
    public static void Write(string path, string reference)
    {
        using var file = new MappedFile(path);
        (ReadOnlyMemory<byte> message, IReadOnlyDictionary<int, ReadOnlySequence<byte>> weights) = WeightCut.Cut(file.Memory);
        ModelProto proto = ModelProto.Parser.ParseFrom(message.Span);
        foreach ((int index, ReadOnlySequence<byte> weight) in weights)
        {
            _ = MemoryMarshal.TryGetMemoryManager(weight.First, out MappedFile? _, out int offset, out int length);
            ExternalLayout.Refer(proto.Graph.Initializer[index], Path.GetFileName(path), offset, length);
        }
        using FileStream stream = File.Create(reference);
        proto.WriteTo(stream);
    }
}
