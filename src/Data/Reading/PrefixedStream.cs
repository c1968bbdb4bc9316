namespace Toolchain.Data.Reading;

/// <summary>A pipe whose first bytes were read already, put back in front of it.</summary>
/// <param name="prefix">The bytes.</param>
/// <param name="rest">The pipe.</param>
/// <param name="ownsRest">Whether it is disposed with this.</param>
sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest, bool ownsRest = false) : ReadOnlyStream
{
    ReadOnlyMemory<byte> prefix = prefix;

    public override int Read(Span<byte> buffer)
    {
        if (prefix.IsEmpty)
        {
            return rest.Read(buffer);
        }
        int count = Math.Min(buffer.Length, prefix.Length);
        prefix.Span[..count].CopyTo(buffer);
        prefix = prefix[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (ownsRest)
        {
            rest.Dispose();
        }
        base.Dispose(disposing);
    }
}
