using Google.Protobuf;
using Onnx;
using Toolchain.Graph.Reading;
using Toolchain.Graph.Writing;

namespace Toolchain.Graph.Files;

/// <summary>Tensors as <c>.pb</c> files, the form of ONNX's own test vectors (<c>test_data_set_0/input_0.pb</c>).</summary>
public static class TensorFile
{
    /// <summary>The bytes of a file: name, element type, sizes and elements.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="name">Of the model's input or output.</param>
    /// <exception cref="GraphException">It has more than 2 GB.</exception>
    public static byte[] ToBytes(TensorData tensor, string name)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(name);
        return OnnxWriter.ToProto(tensor, name).ToByteArray();
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <exception cref="InvalidDataException">They are no tensor.</exception>
    public static (string Name, TensorData Tensor) FromBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            TensorProto proto = TensorProto.Parser.ParseFrom(bytes);
            return (proto.Name, TensorReader.Read(proto, external: null));
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or GraphException)
        {
            throw new InvalidDataException($"no ONNX tensor: {error.Message}", error);
        }
    }
}
