using System.Globalization;
using Onnx;

namespace Toolchain.Graph.Reading;

/// <summary>
/// Weights that lie in files beside the model, where <see cref="Data.ExternalFile"/> allows them to lie; no byte of a file is read twice.
/// </summary>
sealed class ExternalData(string folder)
{
    readonly Dictionary<string, long> left = [];

    /// <summary>The bytes of <paramref name="tensor"/>, in pieces.</summary>
    /// <param name="tensor">A tensor whose data location is external.</param>
    /// <param name="length">Bytes that its type and sizes ask for.</param>
    /// <exception cref="GraphException">The place is not allowed, or does not hold that many bytes.</exception>
    public IReadOnlyList<ReadOnlyMemory<byte>> Read(TensorProto tensor, long length)
    {
        var entries = new Dictionary<string, string>();
        foreach (StringStringEntryProto entry in tensor.ExternalData)
        {
            entries[entry.Key] = entry.Value;
        }
        string location = entries.GetValueOrDefault("location", "");
        FileInfo file = Resolve(location);
        (long offset, long stated) = (Number(entries, "offset", 0), Number(entries, "length", length));
        if (stated != length)
        {
            throw new GraphException($"external data '{location}' of {stated} bytes is stated, but type and sizes need {length}.");
        }
        if (offset > file.Length || length > file.Length - offset)
        {
            throw new GraphException($"external data '{location}' has {file.Length} bytes, but {length} from byte {offset} are wanted.");
        }
        left[location] = left.GetValueOrDefault(location, file.Length) - length;
        if (left[location] < 0)
        {
            throw new GraphException($"external data '{location}' is smaller than the tensors that lie in it together.");
        }
        var pieces = new List<ReadOnlyMemory<byte>>();
        using FileStream stream = file.OpenRead();
        stream.Position = offset;
        do
        {
            var bytes = new byte[Math.Min(length, TensorData.PieceBytes)];
            stream.ReadExactly(bytes);
            pieces.Add(bytes);
            length -= bytes.Length;
        }
        while (length > 0);
        return pieces;
    }

    FileInfo Resolve(string location)
    {
        try
        {
            return Data.ExternalFile.Resolve(folder, location);
        }
        catch (InvalidDataException error)
        {
            throw new GraphException(error.Message);
        }
    }

    static long Number(Dictionary<string, string> entries, string key, long absent)
    {
        if (!entries.TryGetValue(key, out string? text))
        {
            return absent;
        }
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new GraphException($"external data has {key} '{text}'; expected a whole number of bytes.");
    }
}
