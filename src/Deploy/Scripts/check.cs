#:package Microsoft.ML.OnnxRuntime@ONNXRUNTIME_VERSION
#:property ManagePackageVersionsCentrally=false
#:property RestorePackagesWithLockFile=false
// Checks the bundle with ONNX Runtime under .NET 10: dotnet run check.cs -- BUNDLE DATA. DATA is a folder with IDX files of grey images.
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.ML.OnnxRuntime;
using static System.Runtime.InteropServices.MemoryMarshal;
(string bundle, string data, string title) = (args[0], args[1], $"onnxruntime C# {OrtEnv.Instance().GetVersionString()}");
JsonNode facts = JsonNode.Parse(Read("accuracy.json"))!, naming = JsonNode.Parse(Read("clusters.json"))!;
(string model, string[] outputs) = ((string)facts["model"]!, [.. facts["outputs"]!.AsArray().Select(name => (string)name!)]);
JsonNode expected = facts["variants"]![model]!, allowed = facts["tolerances"]!["onnxruntime"]!;
bool ok = Convert.ToHexStringLower(SHA256.HashData(Read(model))) == (string)expected["sha256"]!;
using var session = new InferenceSession(Read(model));
long[] axes = [(long)facts["input"]!["channels"]!, (long)facts["input"]!["height"]!, (long)facts["input"]!["width"]!];
(int size, int right, double worst) = ((int)(axes[0] * axes[1] * axes[2]), 0, 0);
for (int set = 0; set < 3; set++)
{
    byte[] given = Read($"test_data_set_{set}/input_0.pb"); // ends with the elements; what stands before is short
    var found = Run([.. Cast<byte, float>(given.AsSpan(^(given.Length / (4 * size) * 4 * size)..))]);
    foreach (var (i, (name, values)) in found.Index())
    {
        var wanted = Numbers(Read($"test_data_set_{set}/output_{i}.pb").AsSpan(^((name == "cluster" ? 8 : 4) * values.Length)..), name);
        double most = values.Zip(wanted, (v, w) => Math.Abs(v - w) / Math.Max(1, Math.Abs(w))).Max();
        (ok, worst) = (ok && most <= (double)allowed["outputs"]![name]!, Math.Max(worst, most));
    }
}
Console.WriteLine($"{title}: largest difference of test vectors {worst:e1}, digest and vectors {(ok ? "pass" : "MISS")}");
(byte[] pixels, byte[] labels) = (Idx("images"), Idx("labels")); int count = pixels.Length / size;
int[]? classes = naming["class_of_cluster"]?.AsArray().Select(value => (int)value!).ToArray();
double[][]? centres = naming["centres"]?.AsArray().Select(row => row!.AsArray().Select(value => (double)value!).ToArray()).ToArray();
foreach (int[] rows in Enumerable.Range(0, count).Chunk(64))
{
    var found = Run([.. pixels.Skip(rows[0] * size).Take(rows.Length * size).Select(value => value / 255f)]);
    right += rows.Count(row => labels.Length == count && classes?[Cluster(found, row - rows[0])] == labels[row]);
}
string digest = Convert.ToHexStringLower(SHA256.HashData([.. pixels, .. labels]));
double? stated = digest == (string?)facts["images"]!["sha256"] ? (double?)expected["accuracy"] : null; // null for other images
ok &= stated is null || Math.Abs((double)right / count - stated.Value) <= (double)allowed["accuracy"]!;
Console.WriteLine($"{title}: {count} images, accuracy {(double)right / count:p2}, expected {stated?.ToString("p2") ?? "unknown"}");
return ok ? 0 : 1;
int Cluster(Dictionary<string, double[]> found, int row) => centres is null ? (int)found["cluster"][row] : Array.IndexOf(centres,
    centres.MinBy(centre => centre.Select((value, d) => Math.Pow(value - found["embedding"][row * centre.Length + d], 2)).Sum()));
byte[] Read(string path) => File.ReadAllBytes(Path.Combine(bundle, path));
double[] Numbers(ReadOnlySpan<byte> raw, string name) => name == "cluster" ? [.. Cast<byte, long>(raw)] : [.. Cast<byte, float>(raw)];
Dictionary<string, double[]> Run(float[] images)
{
    using var value = OrtValue.CreateTensorValueFromMemory(images, [images.Length / size, .. axes]);
    using var results = session.Run(new RunOptions(), ["image"], [value], outputs);
    return outputs.Zip(results, (name, result) => (name, Numbers(result.GetTensorMutableRawData(), name))).ToDictionary();
}
byte[] Idx(string what)
{
    using var all = new MemoryStream();
    string path = Directory.GetFiles(data, $"*{what}*idx*").Order(StringComparer.Ordinal).FirstOrDefault()
        ?? throw new FileNotFoundException($"{data}: expected an IDX file of {what} (*{what}*idx*), found none");
    using Stream file = path.EndsWith(".gz") ? new GZipStream(File.OpenRead(path), CompressionMode.Decompress) : File.OpenRead(path);
    file.CopyTo(all); return all.ToArray()[(4 + 4 * all.ToArray()[3])..];
}
