using System.Globalization;
using Toolchain.Export;

namespace Toolchain.Train.Runs;

/// <summary>A proven export in a line, for people.</summary>
static class ExportLine
{
    /// <summary>Which runtimes agree at which sizes, how well, and what was left out for want of time.</summary>
    public static string Of(ExportReport report) => string.Create(CultureInfo.InvariantCulture,
        $"{string.Join(" and ", report.Runtimes)} agree with TorchSharp at {Sizes(report)}, "
        + $"largest error {Worst(report).MaxAbsolute:g2} in values up to {Worst(report).Largest:g2}, allowed {report.AbsoluteTolerance:g2} "
        + $"+ {report.RelativeTolerance:g2} of the value + {report.ScaleTolerance:g2} of the largest");

    static string Sizes(ExportReport report) => $"{(report.Sizes.Count == 1 ? "batch" : "batches")} {string.Join(", ", report.Sizes)}"
        + (report.NotProven.Count == 0 ? "" : $" (no time for {string.Join(", ", report.NotProven)})");

    static OutputError Worst(ExportReport report) => report.Errors.MaxBy(error => error.MaxAbsolute)!;
}
