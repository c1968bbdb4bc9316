using Toolchain.Data;
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

    const int mostParts = 9;

    /// <summary>The sheet of images [N,1,28,28]; the middle 28 x 28 pixels of larger canvases.</summary>
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
            int shown = (int)Math.Min(mostParts, seen.PartPresence.shape[1]), margin = (int)(parts.Image.shape[^1] - ImageSet.Side) / 2;
            Tensor most = seen.PartPresence.topk(shown).indexes; // [N,shown]
            Tensor alone = parts.Part.take_along_dim(most.unsqueeze(-1).unsqueeze(-1), 1); // [N,shown,S,S]
            Tensor row = cat([model.Place(images), parts.Image, objects.Image, alone], 1); // [N,3+shown,S,S]
            row = row.narrow(2, margin, ImageSet.Side).narrow(3, margin, ImageSet.Side);
            Tensor bytes = (row.clamp(0, 1) * 255).round().to(ScalarType.Byte).cpu().contiguous();
            return new ImageGrid(bytes.data<byte>().ToArray(), 3 + shown);
        }
    }
}
