using System.Globalization;
using System.Security.Cryptography;
using Onnx;

namespace Toolchain.Graph.Writing;

/// <summary>
/// Weights in a file of their own, in the order of the model. Its name comes from its content: the same model gives the same two files, and
/// a model that is replaced never meets the weights of another one.
/// </summary>
sealed class ExternalLayout
{
    // Smaller ones, such as axes and biases, stay in the model: checkers and shape inference read them.
    const int SmallestBytes = 1024;

    // So that a runtime can map the file and use vectors on it as it lies.
    const int Alignment = 64;

    readonly Dictionary<string, (long Offset, TensorData Tensor)> places = [];

    public ExternalLayout(OnnxModel model)
    {
        foreach ((string name, TensorData tensor) in model.Initializers.Where(pair => pair.Value.ByteCount >= SmallestBytes))
        {
            places[name] = (Length, tensor);
            Length += (tensor.ByteCount + Alignment - 1) / Alignment * Alignment;
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Walk(hash.AppendData);
        Location = $"weights-{Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}.data";
    }

    /// <summary>Name of the file.</summary>
    public string Location { get; }

    /// <summary>Size of the file; 0 where the model has only small weights.</summary>
    public long Length { get; }

    public void WriteTo(Stream stream) => Walk(stream.Write);

    /// <summary>The weight as a reference into the file; null where it stays in the model.</summary>
    public TensorProto? ToProto(string name, TensorData tensor)
    {
        if (!places.TryGetValue(name, out (long Offset, TensorData) place))
        {
            return null;
        }
        var proto = new TensorProto { Name = name, DataType = (int)tensor.Type };
        proto.Dims.AddRange(tensor.Sizes);
        Refer(proto, Location, place.Offset, tensor.ByteCount);
        return proto;
    }

    /// <summary>Makes the content of a weight external data.</summary>
    public static void Refer(TensorProto weight, string location, long offset, long length)
    {
        weight.ClearRawData();
        weight.DataLocation = TensorProto.Types.DataLocation.External;
        weight.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        weight.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = offset.ToString(CultureInfo.InvariantCulture) });
        weight.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = length.ToString(CultureInfo.InvariantCulture) });
    }

    void Walk(ReadOnlySpanAction write)
    {
        Span<byte> padding = stackalloc byte[Alignment];
        foreach ((_, TensorData tensor) in places.Values.OrderBy(place => place.Offset))
        {
            foreach (ReadOnlyMemory<byte> piece in tensor.Content)
            {
                write(piece.Span);
            }
            write(padding[..(int)(-tensor.ByteCount & (Alignment - 1))]);
        }
    }

    delegate void ReadOnlySpanAction(ReadOnlySpan<byte> bytes);
}
