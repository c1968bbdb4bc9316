#:package Toolchain.Inference.Extensions.AI@0.1.0
#:package Microsoft.ML.OnnxRuntime@1.31.1
#:package DuckDB.NET.Data.Full@1.5.6.1
#:property PublishAot=false
using DuckDB.NET.Data;
using Microsoft.Extensions.AI;
using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;
using Toolchain.Data.Strokes;
using Toolchain.Inference;
using Toolchain.Inference.Extensions.AI;

// The images to search in, once: 2,000 drawn digits as rows of a Parquet file.
using var generator = EncoderEmbeddingGenerator.Open("model.onnx");
using ImageStream images = ImageSource.OpenStream("strokes:2000", Split.All);
EmbedJob.Run(generator.GetRequiredService<EncoderSession>(), images, "digits.parquet");

// A new picture, and its ten nearest rows.
ImageSet drawn = StrokeDigits.Draw(1, seed: 9);
var picture = new DataContent(PngWriter.Encode(28, 28, 1, drawn.Pixels), "image/png");
ReadOnlyMemory<float> vector = await generator.GenerateVectorAsync(picture);
using var database = new DuckDBConnection("DataSource=:memory:");
database.Open();
using DuckDBCommand command = database.CreateCommand();
command.CommandText = """
    SELECT label, list_cosine_similarity(embedding, $vector) AS similarity FROM 'digits.parquet' ORDER BY similarity DESC LIMIT 10
    """;
command.Parameters.Add(new DuckDBParameter("vector", vector.ToArray()));
using DuckDBDataReader row = command.ExecuteReader();
while (row.Read())
{
    Console.WriteLine($"a drawn {drawn.Labels![0]} is near a {row.GetInt32(0)}: {row.GetDouble(1):f3}");
}
