using Toolchain.Data.Streams;

namespace Toolchain.Data.Strokes;

/// <summary>Digits that are drawn as they are asked for.</summary>
sealed class StrokeStream(int count, ulong seed, int first, Split split) : ImageStream("strokes", split, count, ImageClasses.Digits)
{
    public override string? Fingerprint { get; } = $"strokes {count} {seed} {first}";

    internal override ImageSet Whole => StrokeDigits.Draw((int)Count!.Value, seed, first, Split);

    private protected override int Fill(ImageBatch batch, int count)
    {
        int taken = (int)Math.Min(count, Count!.Value - Position);
        if (taken > 0)
        {
            ImageSet drawn = StrokeDigits.Draw(taken, seed, first + (int)Position);
            drawn.Pixels.CopyTo(batch.Pixels, 0);
            drawn.Labels!.CopyTo(batch.Labels, 0);
        }
        return taken;
    }

    private protected override long Pass(long count) => Math.Min(count, Count!.Value - Position);
}
