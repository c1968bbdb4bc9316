#:package Toolchain.Data@0.1.0
#:property PublishAot=false
using Toolchain.Data;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Images;
using Toolchain.Data.Npy;
using Toolchain.Data.Sources;
using Toolchain.Data.Tensors;

// A source: a folder, .npy, .npz, .csv, .parquet, .tar, IDX, "mnist", or, as here, 100 drawn digits of seed 7.
ImageSet digits = ImageSource.Open("strokes:100:7", Split.All);
Console.WriteLine($"{digits.Name}: {digits.Count} images of {digits.Shape}, {digits.Classes!.Count} classes");
ImageSheet.Write("sheet.png", digits.Pixels, digits.Preprocess);

NpyFile.Write("pixels.npy", TensorEntry.Of<byte>(digits.Pixels, digits.Count, 28, 28));
Console.WriteLine($"pixels.npy: {string.Join(" x ", NpyFile.Read("pixels.npy").Shape.ToArray())}");

// Vectors with names and labels, as .npy, .csv, .parquet or .arrow: what `uvl embed` writes.
float[] vectors = [.. digits.Pixels.Select(pixel => pixel / 255f)];
string[] names = [.. Enumerable.Range(0, digits.Count).Select(i => $"digit {i}")];
EmbeddingFile.Write("vectors.parquet", new EmbeddingTable(names, vectors, digits.Labels, null, null));
Console.WriteLine($"vectors.parquet: {EmbeddingFile.Read("vectors.parquet").Count} rows");
