using System.Globalization;
using Toolchain.Export.Bench;

switch (args)
{
    case ["export"]: ExportBench.Run(withRuntime: false); break;
    case ["export", "runtime"]: ExportBench.Run(withRuntime: true); break;
    case ["weave"]: WeaveBench.Run(); break;
    // One side of the comparison, in a process of its own.
    case ["step"]: Console.WriteLine(TrainingStep.MedianMilliseconds().ToString("R", CultureInfo.InvariantCulture)); break;
    default: Console.Error.WriteLine("usage: dotnet run --project bench/Export -c Release -- export [runtime] | weave"); return 2;
}
return 0;
