namespace Toolchain.Export.Bench;

static class WeaveBench { public static void Run() { } }

static class StepBench { public static void Run(int count) { } }
