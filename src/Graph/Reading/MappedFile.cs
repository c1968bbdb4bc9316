using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace Toolchain.Graph.Reading;

/// <summary>The bytes of a file below 2 GB, mapped: only the pages that are read come into memory.</summary>
sealed unsafe class MappedFile : MemoryManager<byte>
{
    readonly MemoryMappedFile file;
    readonly MemoryMappedViewAccessor view;
    readonly byte* first;
    readonly int length;

    public MappedFile(string path)
    {
        length = checked((int)new FileInfo(path).Length);
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref first);
    }

    public override Span<byte> GetSpan() => new(first, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(first + elementIndex, pinnable: this);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            file.Dispose();
        }
    }
}
