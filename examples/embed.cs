#:package Toolchain.Inference@0.1.0
#:package Microsoft.ML.OnnxRuntime@1.31.1
#:property PublishAot=false
using Toolchain.Data;
using Toolchain.Data.Sources;
using Toolchain.Data.Streams;
using Toolchain.Inference;

using EncoderSession encoder = EncoderSession.Open("model.onnx");

// A file from a source of any length: IDX, folders, .npy, .npz, Parquet, tar.
using ImageStream images = ImageSource.OpenStream("digits", Split.All);
EmbedReport report = EmbedJob.Run(encoder, images, "vectors.parquet", new EmbedOptions { SkipBad = true });
Console.WriteLine($"{report.Count} rows, {report.SkippedCount} unreadable, {report.FittedCount} fitted to 28 x 28");

// Or vectors in memory.
ImageSet digits = ImageSource.Open("strokes:100", Split.All);
Embeddings vectors = encoder.Run(digits);
Console.WriteLine($"{vectors.Count} x {vectors.Dimension}, the first starts with {vectors.Values[0]}");
