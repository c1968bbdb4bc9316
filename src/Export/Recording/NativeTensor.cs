using System.Runtime.InteropServices;
using Toolchain.Graph;
using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>Reads tensors, also those that are known by native handle only.</summary>
static class NativeTensor
{
    static readonly Func<nint, nint> storageOf = NativeEntry.Bind<Func<nint, nint>>("THSStorage_data_ptr");

    /// <summary>The address of the memory that a tensor shares with its views; 0 for an empty one.</summary>
    public static nint Storage(nint handle) => storageOf(handle);

    /// <summary>A tensor object over a handle that somebody else owns.</summary>
    public static torch.Tensor Borrow(nint handle)
    {
        torch.Tensor tensor = torch.Tensor.UnsafeCreateTensor(handle);
        tensor.DetachFromDisposeScope();
        GC.SuppressFinalize(tensor);
        return tensor;
    }

    /// <summary>The graph's element type, of a complex number that of its parts; null for one that it does not know.</summary>
    public static ElementType? Element(torch.ScalarType type) => type switch
    {
        torch.ScalarType.Float32 => ElementType.Float32,
        torch.ScalarType.Float64 => ElementType.Float64,
        torch.ScalarType.Float16 => ElementType.Float16,
        torch.ScalarType.BFloat16 => ElementType.BFloat16,
        torch.ScalarType.Int64 => ElementType.Int64,
        torch.ScalarType.Int32 => ElementType.Int32,
        torch.ScalarType.Int8 => ElementType.Int8,
        torch.ScalarType.Byte => ElementType.UInt8,
        torch.ScalarType.Bool => ElementType.Bool,
        torch.ScalarType.ComplexFloat32 => ElementType.Float32,
        torch.ScalarType.ComplexFloat64 => ElementType.Float64,
        _ => null,
    };

    /// <summary>Whether tensors of a type are pairs of real and imaginary parts in the graph.</summary>
    public static bool IsComplex(torch.ScalarType type) => type is torch.ScalarType.ComplexFloat32 or torch.ScalarType.ComplexFloat64;

    static torch.ScalarType ScalarType(ElementType type) => type switch
    {
        ElementType.Float32 => torch.ScalarType.Float32,
        ElementType.Float64 => torch.ScalarType.Float64,
        ElementType.Float16 => torch.ScalarType.Float16,
        ElementType.BFloat16 => torch.ScalarType.BFloat16,
        ElementType.Int64 => torch.ScalarType.Int64,
        ElementType.Int32 => torch.ScalarType.Int32,
        ElementType.Int8 => torch.ScalarType.Int8,
        ElementType.UInt8 => torch.ScalarType.Byte,
        _ => torch.ScalarType.Bool,
    };

    /// <summary>A copy of a tensor's elements, from any device and layout; of complex numbers pairs of parts [..,2].</summary>
    /// <exception cref="ExportException">The element type has no place in a graph.</exception>
    public static TensorData Read(torch.Tensor tensor) => Read(tensor, piece => piece.bytes.ToArray());

    /// <summary>
    /// A tensor's elements where they lie if that is on the processor and in order, otherwise a copy of them. Those that lie there change
    /// with the tensor.
    /// </summary>
    /// <exception cref="ExportException">The element type has no place in a graph.</exception>
    public static TensorData View(torch.Tensor tensor) =>
        tensor.device_type == DeviceType.CPU && tensor.is_contiguous() && tensor.NumberOfElements > 0 && !IsComplex(tensor.dtype)
            ? Read(tensor, piece => new TensorMemory(piece.alias().DetachFromDisposeScope()).Memory) : Read(tensor);

    /// <summary>A copy of what <see cref="View"/> gave; other tensors are their own.</summary>
    public static TensorData Copy(TensorData tensor)
    {
        if (!MemoryMarshal.TryGetMemoryManager(tensor.Content.First, out TensorMemory? _))
        {
            return tensor;
        }
        var pieces = new List<ReadOnlyMemory<byte>>();
        foreach (ReadOnlyMemory<byte> piece in tensor.Content)
        {
            pieces.Add(piece.ToArray());
        }
        return TensorData.OfPieces(tensor.Type, tensor.Sizes, pieces);
    }

    static TensorData Read(torch.Tensor tensor, Func<torch.Tensor, ReadOnlyMemory<byte>> read)
    {
        ElementType type = Element(tensor.dtype)
            ?? throw new ExportException($"element type {tensor.dtype} cannot be exported; expected one of "
            + $"{string.Join(", ", Enum.GetNames<ElementType>())}.");
        using var scope = torch.NewDisposeScope();
        using torch.Tensor parts = IsComplex(tensor.dtype) ? tensor.detach().resolve_conj().view_as_real() : tensor.detach();
        using torch.Tensor plain = parts.cpu().contiguous();
        using torch.Tensor flat = plain.reshape(-1);
        // TorchSharp's spans end at 2 GB.
        long length = flat.NumberOfElements, most = TensorData.PieceBytes / flat.ElementSize;
        var pieces = new List<ReadOnlyMemory<byte>>();
        for (long start = 0; start < Math.Max(length, 1); start += most)
        {
            using torch.Tensor piece = flat.narrow(0, start, Math.Min(most, length - start));
            pieces.Add(read(piece));
        }
        return TensorData.OfPieces(type, plain.shape, pieces);
    }

    /// <summary>A tensor with the elements of <paramref name="data"/>.</summary>
    public static torch.Tensor Make(TensorData data, torch.Device device)
    {
        using torch.Tensor tensor = torch.zeros([.. data.Sizes], ScalarType(data.Type));
        data.Bytes.Span.CopyTo(tensor.bytes);
        return tensor.to(device, copy: true);
    }
}
