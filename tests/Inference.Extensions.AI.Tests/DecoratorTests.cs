using System.Diagnostics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Toolchain.Data.Images;
using Toolchain.Data.Strokes;

namespace Toolchain.Inference.Extensions.AI.Tests;

/// <summary>Decorators of Microsoft.Extensions.AI around the generator.</summary>
public sealed class DecoratorTests : IDisposable
{
    static readonly DataContent picture = new(PngWriter.Encode(28, 28, 1, StrokeDigits.Draw(1, 4).Pixels), "image/png");

    readonly EncoderEmbeddingGenerator inner = EncoderEmbeddingGenerator.Open(Checkout.Model("moco"));
    readonly ListLogger logger = new();
    int calls;

    public void Dispose() => inner.Dispose();

    EmbeddingGeneratorBuilder<DataContent, Embedding<float>> Counted() => inner.AsBuilder()
        .Use(async (values, options, next, cancellation) =>
        {
            calls++;
            return await next.GenerateAsync(values, options, cancellation);
        });

    [Fact]
    public async Task DistributedCache_SamePictureTwice_RunsTheModelOnce()
    {
        var cache = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));
        // The outermost comes first.
        using IEmbeddingGenerator<DataContent, Embedding<float>> generator = inner.AsBuilder().UseDistributedCache(cache)
            .Use(next => Counted().Build()).Build();
        float[] first = (await generator.GenerateAsync([picture]))[0].Vector.ToArray();
        float[] second = (await generator.GenerateAsync([picture]))[0].Vector.ToArray();
        Assert.Equal(1, calls);
        Assert.Equal(first, second);
        Assert.Equal((await inner.GenerateAsync([picture]))[0].Vector.ToArray(), second);
    }

    [Fact]
    public async Task OpenTelemetry_OfACall_NamesModelAndDimension()
    {
        List<Activity> ended = [];
        const string source = "uvl-test";
        using var listener = new ActivityListener
        {
            ShouldListenTo = candidate => candidate.Name == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using IEmbeddingGenerator<DataContent, Embedding<float>> generator = inner.AsBuilder().UseOpenTelemetry(sourceName: source).Build();
        await generator.GenerateAsync([picture]);
        Activity call = Assert.Single(ended);
        string id = inner.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelId!;
        Assert.Equal($"embeddings {id}", call.DisplayName);
        Assert.Equal(id, call.GetTagItem("gen_ai.request.model"));
        Assert.Contains(call.TagObjects, tag => tag.Key.EndsWith("dimension.count", StringComparison.Ordinal) && Equals(tag.Value, 64));
    }

    [Fact]
    public async Task Logging_OfACall_SaysThatItEnded()
    {
        using ILoggerFactory factory = new ListFactory(logger);
        using IEmbeddingGenerator<DataContent, Embedding<float>> generator = inner.AsBuilder().UseLogging(factory).Build();
        await generator.GenerateAsync([picture]);
        Assert.Contains(logger.Lines, line => line.Contains("GenerateAsync", StringComparison.Ordinal)
            && line.Contains("generated 1 embedding", StringComparison.Ordinal));
    }

    sealed class ListFactory(ListLogger logger) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }

    sealed class ListLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception));
    }
}
