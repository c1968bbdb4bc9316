using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace Toolchain.Data.Embeddings;

/// <summary>
/// Float32 numbers of a file, mapped: only the pages that are read come into memory, and the system takes them away again.
/// </summary>
sealed unsafe class MappedFloats : MemoryManager<float>
{
    readonly MemoryMappedFile map;
    readonly MemoryMappedViewAccessor view;
    readonly byte* bytes;
    readonly int count;

    /// <param name="file">The file; disposed with this.</param>
    /// <param name="offset">Where the first number begins, a multiple of 4.</param>
    /// <param name="count">How many there are.</param>
    public MappedFloats(FileStream file, long offset, int count)
    {
        this.count = count;
        map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        view = map.CreateViewAccessor(offset, count * (long)sizeof(float), MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref bytes);
        // A view begins at a whole page.
        bytes += view.PointerOffset;
    }

    public override Span<float> GetSpan() => new(bytes, count);

    public override MemoryHandle Pin(int elementIndex = 0) => new((float*)bytes + elementIndex, pinnable: this);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            map.Dispose();
        }
    }
}
