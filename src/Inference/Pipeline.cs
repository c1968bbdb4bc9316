using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.ML.OnnxRuntime;
using Toolchain.Data.Streams;

namespace Toolchain.Inference;

/// <summary>
/// Images through a model, three stages at once over bounded channels: some tasks read and decode, as many run the model, and the caller's
/// function takes finished batches in the order of the source. A fixed number of slots is reused in a ring, so memory does not grow
/// with the source.
/// </summary>
/// <param name="session">The model; each run takes one thread.</param>
/// <param name="slots">The buffers, two at least; a batch of the source is as large as theirs.</param>
/// <param name="workers">Tasks in each of the first two stages.</param>
sealed class Pipeline(InferenceSession session, IReadOnlyList<Slot> slots, int workers)
{
    /// <summary>Runs a source from where it stands.</summary>
    /// <param name="source">The images.</param>
    /// <param name="count">Most images taken.</param>
    /// <param name="take">Gets each finished batch, one at a time, in order; the slot is used again afterwards.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public async Task Run(ImageStream source, long count, Action<Slot> take, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using RunOptions options = Sessions.Quiet();
        Channel<Slot> free = Circle(), decoded = Circle(), done = Circle();
        foreach (Slot slot in slots)
        {
            free.Writer.TryWrite(slot);
        }
        long next = 0, left = count;
        ExceptionDispatchInfo? failure = null;
        Task decoding = Stage(free.Reader, decoded.Writer, slot =>
        {
            lock (source)
            {
                if (left == 0 || !Next(slot))
                {
                    return false;
                }
                slot.Sequence = next++;
            }
            slot.Images.Decode();
            return true;
        });
        Task running = Stage(decoded.Reader, done.Writer, slot =>
        {
            slot.Run(session, options);
            return true;
        });
        Task taking = Guarded(async () =>
        {
            // As many batches as there are slots can be under way, so their numbers modulo that differ.
            var waiting = new Slot?[slots.Count];
            long expected = 0;
            await foreach (Slot finished in done.Reader.ReadAllAsync(stop.Token))
            {
                waiting[finished.Sequence % waiting.Length] = finished;
                while (waiting[expected % waiting.Length] is { } slot)
                {
                    waiting[expected++ % waiting.Length] = null;
                    take(slot);
                    free.Writer.TryWrite(slot);
                }
            }
        });
        try
        {
            await Task.WhenAll(decoding, running, taking);
        }
        catch
        {
            // The other tasks were stopped because of the first.
            if (failure!.SourceException is OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
            }
            failure.Throw();
        }

        bool Next(Slot slot)
        {
            long before = left;
            // Nothing is read after a damaged batch: the next error would name another place.
            left = 0;
            bool some = source.Read(slot.Images, (int)Math.Min(before, slot.Images.Capacity));
            left = before - slot.Images.Count;
            return some;
        }

        Channel<Slot> Circle() => Channel.CreateBounded<Slot>(slots.Count);

        // Tasks that take from one channel and hand on to the next, until the work says that there is no more.
        async Task Stage(ChannelReader<Slot> from, ChannelWriter<Slot> to, Func<Slot, bool> work)
        {
            await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Guarded(async () =>
            {
                await foreach (Slot slot in from.ReadAllAsync(stop.Token))
                {
                    stop.Token.ThrowIfCancellationRequested();
                    if (!work(slot))
                    {
                        return;
                    }
                    await to.WriteAsync(slot, stop.Token);
                }
            })));
            to.Complete();
        }

        async Task Guarded(Func<Task> work)
        {
            try
            {
                await Task.Run(work, CancellationToken.None);
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
                await stop.CancelAsync();
                throw;
            }
        }
    }
}
