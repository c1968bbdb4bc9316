namespace Toolchain.Data.Streams;

/// <summary>Images that are in memory.</summary>
sealed class SetStream(ImageSet set) : ImageStream(set.Name, set.Split, set.Count, set.Classes)
{
    internal override ImageSet Whole => set;

    internal override ImageContent? Content => set.Content;

    public override string? Fingerprint { get; } = set.Name;

    private protected override Preprocess Natural => set.Preprocess;

    private protected override int Fill(ImageBatch batch, int count)
    {
        int start = (int)Position, taken = Math.Min(count, set.Count - start), size = set.Shape.Size;
        set.Labels?.AsSpan(start, taken).CopyTo(batch.Labels);
        if (set.FileNames is { } names)
        {
            Array.Copy(names, start, batch.Names, 0, taken);
        }
        if (set.Shape == Preprocess.Shape)
        {
            set.Pixels.AsSpan(start * size, taken * size).CopyTo(batch.Pixels);
            return taken;
        }
        for (int row = 0; row < taken; row++)
        {
            var image = new PendingImage($"{Name}, image {start + row}", set.Pixels.AsMemory((start + row) * size, size),
                set.Shape.Width, set.Shape.Height);
            batch.Set(row, image, batch.Names[row], batch.Labels[row]);
        }
        return taken;
    }

    private protected override long Pass(long count) => Math.Min(count, set.Count - Position);
}
