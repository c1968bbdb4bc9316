#:package Toolchain.Inference.Extensions.AI@0.1.0
#:package Microsoft.ML.OnnxRuntime@1.31.1
#:package Microsoft.Extensions.AI@10.11.0
#:package Microsoft.Extensions.DependencyInjection@10.0.12
#:property PublishAot=false
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Toolchain.Inference.Extensions.AI;

var services = new ServiceCollection();
services.AddEmbeddingGenerator(_ => EncoderEmbeddingGenerator.Open("model.onnx")).UseOpenTelemetry();
using ServiceProvider provider = services.BuildServiceProvider();
var generator = provider.GetRequiredService<IEmbeddingGenerator<DataContent, Embedding<float>>>();

DataContent picture = await DataContent.LoadFromAsync("digits/sheet.png");
ReadOnlyMemory<float> vector = await generator.GenerateVectorAsync(picture);
var about = generator.GetRequiredService<EmbeddingGeneratorMetadata>();
Console.WriteLine($"{about.DefaultModelId}: {vector.Length} of {about.DefaultModelDimensions} numbers");
