#:package Toolchain.Inference.Extensions.AI@0.1.0
#:package Microsoft.ML.OnnxRuntime@1.31.1
#:package Microsoft.Extensions.AI@10.11.0
#:package Microsoft.Extensions.DependencyInjection@10.0.12
#:property PublishAot=false
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.VectorData;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Data.Strokes;
using Toolchain.Inference.Extensions.AI;

ServiceCollection services = new();
services.AddEmbeddingGenerator(_ => EncoderEmbeddingGenerator.Open("model.onnx"));
// Any connector of Microsoft.Extensions.VectorData fits here, such as those of SQLite, PostgreSQL or Qdrant.
services.AddSingleton<VectorStoreCollection<int, Digit>>(
    new ExactCollection<int, Digit>("digits", digit => digit.Id, digit => digit.Vector));
using ServiceProvider provider = services.BuildServiceProvider();
var generator = provider.GetRequiredService<IEmbeddingGenerator<DataContent, Embedding<float>>>();
var store = provider.GetRequiredService<VectorStoreCollection<int, Digit>>();

ImageSet digits = StrokeDigits.Draw(501, seed: 9);
DataContent[] pictures =
    [.. Enumerable.Range(0, 501).Select(i => new DataContent(PngWriter.Encode(28, 28, 1, digits.Image(i)), "image/png"))];
var vectors = await generator.GenerateAsync(pictures[1..]);
await store.UpsertAsync(vectors.Select((vector, i) => new Digit(i, digits.Labels![i + 1], vector.Vector)));

await foreach (VectorSearchResult<Digit> near in store.SearchAsync(await generator.GenerateVectorAsync(pictures[0]), top: 10))
    Console.WriteLine($"a drawn {digits.Labels![0]} is near a {near.Record.Label}: {near.Score:f3}");

sealed record Digit(int Id, int Label, ReadOnlyMemory<float> Vector);
