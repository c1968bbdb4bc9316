namespace Toolchain.Data.Streams;

/// <summary>Images that are in memory.</summary>
sealed class SetStream : ImageStream
{
    readonly ImageSet set;

    /// <param name="set">The images.</param>
    /// <param name="fingerprint">Changes when they do; null for the set's name, of which there is but one.</param>
    public SetStream(ImageSet set, string? fingerprint = null)
        : base(set.Name, set.Split, set.Count, set.Classes)
    {
        (this.set, Fingerprint) = (set, fingerprint ?? set.Name);
        Noticed.AddRange(set.Remarks);
    }

    internal override ImageSet Whole => set;

    internal override ImageContent? Content => set.Content;

    public override string? Fingerprint { get; }

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
