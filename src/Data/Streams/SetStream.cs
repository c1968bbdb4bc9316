namespace Toolchain.Data.Streams;

/// <summary>Images that are in memory.</summary>
sealed class SetStream(ImageSet set) : ImageStream(set.Name, set.Split, set.Count, set.Classes)
{
    internal override ImageSet Whole => set;

    public override string? Fingerprint { get; } = set.Name;

    private protected override int Fill(ImageBatch batch, int count)
    {
        int start = (int)Position, taken = Math.Min(count, set.Count - start);
        set.Pixels.AsSpan(start * ImageSet.PixelCount, taken * ImageSet.PixelCount).CopyTo(batch.Pixels);
        set.Labels?.AsSpan(start, taken).CopyTo(batch.Labels);
        if (set.FileNames is { } names)
        {
            Array.Copy(names, start, batch.Names, 0, taken);
        }
        return taken;
    }

    private protected override long Pass(long count) => Math.Min(count, set.Count - Position);
}
