using Toolchain.Data.Streams;

namespace Toolchain.Data.Strokes;

/// <summary>Digits that are drawn as they are asked for.</summary>
sealed class StrokeStream(StrokeSpec spec, Split split) : ImageStream("strokes", split, spec.Count, ImageClasses.Digits)
{
    public override string? Fingerprint { get; } = $"strokes {spec.Count} {spec.Seed} {spec.First}"
        + (spec.Shape == ImageShape.Mnist ? "" : $" {spec.Shape}");

    internal override ImageSet Whole => StrokeDigits.Draw(spec, Split);

    internal override ImageContent? Content => ImageContent.Writing;

    private protected override Preprocess Natural => spec.Preprocess;

    private protected override int Fill(ImageBatch batch, int count)
    {
        int taken = (int)Math.Min(count, spec.Count - Position);
        if (taken == 0)
        {
            return 0;
        }
        ImageSet drawn = StrokeDigits.Draw(spec with { Count = taken, First = spec.First + (int)Position }, Split);
        drawn.Labels!.CopyTo(batch.Labels, 0);
        if (spec.Shape == Preprocess.Shape)
        {
            drawn.Pixels.CopyTo(batch.Pixels, 0);
            return taken;
        }
        for (int row = 0; row < taken; row++)
        {
            var image = new PendingImage($"{Name}, image {Position + row}", drawn.Image(row).ToArray(), spec.Shape.Width,
                spec.Shape.Height);
            batch.Set(row, image, null, drawn.Labels[row]);
        }
        return taken;
    }

    private protected override long Pass(long count) => Math.Min(count, spec.Count - Position);
}
