using Toolchain.Data.Seeds;
using Toolchain.Train.Core;

namespace Toolchain.Train.Runs;

/// <summary>Full batches in an order that is new in every epoch; any step can be asked for, so that resuming replays nothing.</summary>
sealed class BatchSampler
{
    readonly int imageCount, batchSize, batchesPerEpoch;
    readonly ulong seed;
    int[] order = [];
    int orderEpoch = -1;

    public BatchSampler(int imageCount, int batchSize, ulong seed)
    {
        if (imageCount < batchSize)
        {
            throw new ArgumentException($"'batchSize' must be at most the number of images, {imageCount}, was {batchSize}; give more "
                + $"images or --set batchSize={imageCount}.");
        }
        (this.imageCount, this.batchSize, this.seed) = (imageCount, batchSize, seed);
        batchesPerEpoch = imageCount / batchSize;
    }

    public Batch this[int step] => At(step) with { Next = At(step + 1) };

    Batch At(int step)
    {
        int epoch = step / batchesPerEpoch;
        if (epoch != orderEpoch)
        {
            order = new RandomStream(seed, "shuffle", epoch).NextPermutation(imageCount);
            orderEpoch = epoch;
        }
        int start = step % batchesPerEpoch * batchSize;
        return new Batch(step, epoch, order[start..(start + batchSize)]);
    }
}
