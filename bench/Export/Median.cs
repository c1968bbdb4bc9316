namespace Toolchain.Export.Bench;

static class Median
{
    public static double Of(IEnumerable<double> values) => values.Order().ToArray() is var sorted
        ? (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2 : 0;
}
