#:package Toolchain.Inference.Extensions.AI@0.1.0
#:package Toolchain.Clustering@0.1.0
#:package Microsoft.ML.OnnxRuntime@1.31.1
#:package Microsoft.Extensions.AI@10.11.0
#:package Microsoft.Extensions.DependencyInjection@10.0.12
#:package Microsoft.Extensions.VectorData.Abstractions@10.11.0
#:property PublishAot=false
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.VectorData;
using Toolchain.Clustering;
using Toolchain.Clustering.Neighbours;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Data.Strokes;
using Toolchain.Inference.Extensions.AI;

var services = new ServiceCollection();
services.AddEmbeddingGenerator(_ => EncoderEmbeddingGenerator.Open("model.onnx"));
// Any connector of Microsoft.Extensions.VectorData fits here, such as those of SQLite, PostgreSQL or Qdrant.
services.AddSingleton<VectorStoreCollection<int, Digit>, DigitCollection>();
using ServiceProvider provider = services.BuildServiceProvider();
var generator = provider.GetRequiredService<IEmbeddingGenerator<DataContent, Embedding<float>>>();
var store = provider.GetRequiredService<VectorStoreCollection<int, Digit>>();

ImageSet digits = StrokeDigits.Draw(501, seed: 9);
DataContent[] pictures = [.. Enumerable.Range(0, digits.Count).Select(i => new DataContent(PngWriter.Encode(28, 28, 1, digits.Image(i)), "image/png"))];
var vectors = await generator.GenerateAsync(pictures[1..]);
await store.UpsertAsync(vectors.Select((vector, i) => new Digit { Id = i, Label = digits.Labels![i + 1], Vector = vector.Vector }));

await foreach (VectorSearchResult<Digit> found in store.SearchAsync(await generator.GenerateVectorAsync(pictures[0]), top: 10))
{
    Console.WriteLine($"a drawn {digits.Labels![0]} is near a {found.Record.Label}: {found.Score:f3}");
}

sealed class Digit
{
    [VectorStoreKey] public int Id { get; init; }
    [VectorStoreData] public int Label { get; init; }
    [VectorStoreVector(64, DistanceFunction = DistanceFunction.CosineSimilarity)] public ReadOnlyMemory<float> Vector { get; init; }
}

// In memory, searched exactly by Toolchain.Clustering.
sealed class DigitCollection : VectorStoreCollection<int, Digit>
{
    readonly SortedDictionary<int, Digit> digits = [];
    public override string Name => "digits";
    public override Task<bool> CollectionExistsAsync(CancellationToken cancellation = default) => Task.FromResult(true);
    public override Task EnsureCollectionExistsAsync(CancellationToken cancellation = default) => Task.CompletedTask;
    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellation = default) { digits.Clear(); return Task.CompletedTask; }
    public override Task<Digit?> GetAsync(int key, RecordRetrievalOptions? options = null, CancellationToken cancellation = default) =>
        Task.FromResult(digits.GetValueOrDefault(key));
    public override IAsyncEnumerable<Digit> GetAsync(Expression<Func<Digit, bool>> filter, int top,
        FilteredRecordRetrievalOptions<Digit>? options = null, CancellationToken cancellation = default) =>
        digits.Values.Where(filter.Compile()).Skip(options?.Skip ?? 0).Take(top).ToAsyncEnumerable();
    public override Task DeleteAsync(int key, CancellationToken cancellation = default) { digits.Remove(key); return Task.CompletedTask; }
    public override Task UpsertAsync(Digit record, CancellationToken cancellation = default) { digits[record.Id] = record; return Task.CompletedTask; }
    public override async Task UpsertAsync(IEnumerable<Digit> records, CancellationToken cancellation = default)
    {
        foreach (Digit record in records)
        {
            await UpsertAsync(record, cancellation);
        }
    }
    public override async IAsyncEnumerable<VectorSearchResult<Digit>> SearchAsync<TInput>(TInput value, int top,
        VectorSearchOptions<Digit>? options = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var query = (ReadOnlyMemory<float>)(object)value!;
        Digit[] records = [.. digits.Values];
        float[] values = [.. records.SelectMany(record => record.Vector.ToArray())];
        NeighbourTable near = NeighbourSearch.Cosine(new Rows(query, query.Length), new Rows(values, query.Length), Math.Min(top, records.Length));
        for (int i = 0; i < near.Indices.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new(records[near.Indices[i]], near.Values[i]);
        }
        await Task.CompletedTask;
    }
    public override object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;
}
