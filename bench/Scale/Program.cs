// How cost grows with the rows. Makes the rows once into FOLDER (256 MB for a million), prints a table, and draws FOLDER/growth.svg of all
// that was measured into that folder; without JOBS ("") it only draws.
//   dotnet run --project bench/Scale -c Release -- FOLDER MODEL.onnx JOBS SIZES     such as neighbours,spectral10,tsne 60000,250000,1000000
using System.Globalization;
using System.Text.Json;
using Toolchain.Clustering;
using Toolchain.Scale.Bench;

int[] sizes = Array.ConvertAll(args[3].Split(','), size => int.Parse(size, CultureInfo.InvariantCulture));
Rows all = ViewRows.Load(args[0], args[1], sizes.Max());
string kept = Path.Combine(args[0], "measured.json");
List<Measured> measured = File.Exists(kept) ? JsonSerializer.Deserialize<List<Measured>>(File.ReadAllText(kept))! : [];
Console.WriteLine(Measured.Heading);
foreach (int size in sizes)
{
    foreach (string job in args[2].Split(',', StringSplitOptions.RemoveEmptyEntries))
    {
        Measured now = Jobs.Run(job, new Rows(all.Values[..(size * all.Width)], all.Width));
        Console.WriteLine(now.Line);
        measured.RemoveAll(one => one.Job == now.Job && one.Rows == now.Rows);
        measured.Add(now);
        File.WriteAllText(kept, JsonSerializer.Serialize(measured));
    }
}
File.WriteAllText(Path.Combine(args[0], "growth.svg"), LogPlot.Of(measured));
