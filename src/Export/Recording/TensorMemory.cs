using System.Buffers;
using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>The elements of a plain tensor on the processor where they lie; it keeps them alive.</summary>
/// <param name="tensor">A contiguous tensor of at most 2 GB, from now on owned by this.</param>
sealed unsafe class TensorMemory(torch.Tensor tensor) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => tensor.bytes;

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        fixed (byte* first = tensor.bytes)
        {
            // libtorch never moves it.
            return new MemoryHandle(first + elementIndex, pinnable: this);
        }
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            tensor.Dispose();
        }
    }
}
