using System.Text;
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Images;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;
using Toolchain.Graph.Files;

namespace Toolchain.Inference.Tests;

public sealed class EmbedStreamJobTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A reader that takes nothing stops the reading of images: what is read by then is what the buffers hold.</summary>
    [Fact]
    public async Task Run_SlowReader_StopsReading()
    {
        Models.Encoder().Build().Save(folder["model.onnx"]);
        PngWriter.WriteGrey(folder["i.png"], 28, 28, new byte[784]);
        using EncoderSession session = EncoderSession.Open(folder["model.onnx"], new() { Threads = 2 });
        using var input = new EndlessPaths(folder["i.png"]);
        using ImageStream source = ImageSource.OpenStream("-", Split.All,
            new ImageSourceOptions { StandardInput = input, IsStreaming = true }.For(session.Preprocess));
        using var output = new ClosedGate();
        using var stop = new CancellationTokenSource();
        Task running = Task.Run(() => EmbedStreamJob.Run(session, source, StreamFormat.Ndjson, output, null, stop.Token));
        Assert.True(output.Waiting.Wait(TimeSpan.FromMinutes(1)), "no row was written");
        long before = -1;
        for (int same = 0; same < 10; before = input.Count)
        {
            await Task.Delay(50);
            same = before == input.Count ? same + 1 : 0;
        }
        // 8 slots of 64 images, and a buffer of 64 KB of paths.
        Assert.InRange(input.Count, 64, 8 * 64 + (1 << 17) / folder["i.png"].Length);
        stop.Cancel();
        output.Open();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>Paths without end; counts those that were read.</summary>
    sealed class EndlessPaths(string path) : MemoryStream
    {
        readonly byte[] line = Encoding.UTF8.GetBytes(path + "\n");
        long read;

        public long Count => Interlocked.Read(ref read) / line.Length;

        public override int Read(Span<byte> buffer)
        {
            for (int i = 0; i < buffer.Length; i++)
            {
                buffer[i] = line[(int)((read + i) % line.Length)];
            }
            Interlocked.Add(ref read, buffer.Length);
            return buffer.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }

    /// <summary>Takes nothing until it is opened.</summary>
    sealed class ClosedGate : MemoryStream
    {
        readonly ManualResetEventSlim gate = new();

        public ManualResetEventSlim Waiting { get; } = new();

        public void Open() => gate.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Waiting.Set();
            gate.Wait();
        }

        protected override void Dispose(bool disposing)
        {
            gate.Dispose();
            Waiting.Dispose();
            base.Dispose(disposing);
        }
    }
}
