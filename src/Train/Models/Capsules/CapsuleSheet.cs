using Toolchain.Train.Core;
using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>
/// What a capsule autoencoder makes of images, a row each: the image, drawn from its parts, drawn from its objects, and its most present
/// parts alone.
/// </summary>
static class CapsuleSheet
{
    /// <summary>Images of a sheet.</summary>
    public const int RowCount = 10;

    const int MostParts = 9;

    /// <summary>The sheet of images [N,C,H,W]; the middle H x W pixels of larger canvases.</summary>
    public static ImageGrid Draw(CapsuleAutoencoder model, CapsuleDecoder decoder, Tensor images)
    {
        using (no_grad())
        {
            bool training = model.training;
            model.eval();
            CapsuleOutput seen = model.call(images);
            model.train(training);
            CapsuleDrawing parts = decoder.call(seen.Pose, seen.PartPresence, seen.Feature),
                objects = decoder.call(seen.Vote, seen.PartPresence, seen.Feature);
            int shown = (int)Math.Min(MostParts, seen.PartPresence.shape[1]);
            long channels = images.shape[1], height = images.shape[2], width = images.shape[3], side = parts.Image.shape[^1];
            Tensor most = seen.PartPresence.topk(shown).indexes; // [N,shown]
            Tensor part = parts.Part.view(images.shape[0], -1, channels, side, side); // [N,P,C,S,S]
            Tensor alone = part.take_along_dim(most.view(-1, shown, 1, 1, 1), 1); // [N,shown,C,S,S]
            Tensor row = cat([.. new[] { model.Place(images), parts.Image, objects.Image }.Select(image => image.unsqueeze(1)), alone], 1);
            row = row.narrow(3, (side - height) / 2, height).narrow(4, (side - width) / 2, width); // [N,3+shown,C,H,W]
            Tensor bytes = (row.clamp(0, 1) * 255).round().to(ScalarType.Byte).cpu().contiguous();
            return new ImageGrid(bytes.data<byte>().ToArray(), 3 + shown);
        }
    }
}
