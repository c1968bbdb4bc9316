using Toolchain.Export.Bench;

switch (args)
{
    case ["export"]: ExportBench.Run(); break;
    case ["weave"]: WeaveBench.Run(); break;
    case ["step", string count]: StepBench.Run(int.Parse(count, System.Globalization.CultureInfo.InvariantCulture)); break;
    default: Console.Error.WriteLine("usage: dotnet run --project bench/Export -c Release -- export | weave"); return 2;
}
return 0;
