namespace Toolchain.Graph.Operators;

/// <summary>Weights of cubic interpolation with coefficient a, by the distance d of an element (R. G. Keys, 1981, equation 15).</summary>
static class CubicKernel
{
    /// <summary>For distances up to 1.</summary>
    public static double Near(double d, double a) => ((a + 2) * d - (a + 3)) * d * d + 1;

    /// <summary>For distances from 1 to 2.</summary>
    public static double Far(double d, double a) => a * (((d - 5) * d + 8) * d - 4);
}
