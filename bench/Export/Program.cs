using System.Globalization;
using Toolchain.Export.Bench;

switch (args)
{
    case ["export", string name, .. string[] seconds] when Nets.All.FirstOrDefault(net => net.Name == name) is BenchNet net:
        ExportBench.Run(net, seconds.Length == 0 ? null : double.Parse(seconds[0], CultureInfo.InvariantCulture));
        break;
    case ["nan", string name] when Nets.All.FirstOrDefault(net => net.Name == name) is BenchNet net: NanBench.Run(net); break;
    case ["weave"]: WeaveBench.Run(); break;
    // One side of the comparison, in a process of its own.
    case ["step"]: Console.WriteLine(TrainingStep.MedianMilliseconds().ToString("R", CultureInfo.InvariantCulture)); break;
    default:
        string names = string.Join(", ", Nets.All.Select(net => net.Name));
        Console.Error.WriteLine(
            $"usage: dotnet run --project bench/Export -c Release -- export NETWORK [SECONDS] | nan NETWORK | weave; NETWORK: {names}");
        return 2;
}
return 0;
