using System.Runtime.Intrinsics;

namespace Toolchain.Clustering.Tsne;

/// <summary>
/// Kernels on the coordinates [N] of one axis of the 2-D embedding, eight rows at a time: range, mean, and the update
/// v = momentum v - rate gain gradient, y += v.
/// </summary>
static class Axis
{
    static int Width => Vector256<float>.Count;

    /// <summary>The least and the largest.</summary>
    public static (float Low, float High) Range(float[] coordinates)
    {
        Vector256<float> lows = Vector256.Create(coordinates[0]), highs = lows;
        int row = 0;
        for (; row + Width <= coordinates.Length; row += Width)
        {
            var eight = Vector256.LoadUnsafe(ref coordinates[row]);
            (lows, highs) = (Vector256.Min(lows, eight), Vector256.Max(highs, eight));
        }
        (float low, float high) = (lows[0], highs[0]);
        for (int lane = 1; lane < Width; lane++)
        {
            (low, high) = (Math.Min(low, lows[lane]), Math.Max(high, highs[lane]));
        }
        for (; row < coordinates.Length; row++)
        {
            (low, high) = (Math.Min(low, coordinates[row]), Math.Max(high, coordinates[row]));
        }
        return (low, high);
    }

    /// <summary>One step down the gradient; the step of a number grows while its gradient keeps its sign (Jacobs 1988).</summary>
    public static void Step(float[] coordinates, float[] gradient, float[] velocity, float[] gains, float momentum, float rate)
    {
        int row = 0;
        for (; row + Width <= coordinates.Length; row += Width)
        {
            Vector256<float> slope = Vector256.LoadUnsafe(ref gradient[row]), speed = Vector256.LoadUnsafe(ref velocity[row]),
                gain = Vector256.LoadUnsafe(ref gains[row]);
            Vector256<float> turned = Vector256.GreaterThan(slope, default) ^ Vector256.GreaterThan(speed, default);
            gain = Vector256.Max(Vector256.Create(.01f), Vector256.ConditionalSelect(turned, gain + Vector256.Create(.2f), gain * .8f));
            speed = momentum * speed - rate * gain * slope;
            gain.StoreUnsafe(ref gains[row]);
            speed.StoreUnsafe(ref velocity[row]);
            (Vector256.LoadUnsafe(ref coordinates[row]) + speed).StoreUnsafe(ref coordinates[row]);
        }
        for (; row < coordinates.Length; row++)
        {
            gains[row] = Math.Max(.01f, gradient[row] > 0 == velocity[row] > 0 ? gains[row] * .8f : gains[row] + .2f);
            velocity[row] = momentum * velocity[row] - rate * gains[row] * gradient[row];
            coordinates[row] += velocity[row];
        }
    }

    /// <summary>Moves the mean to 0.</summary>
    public static void Centre(float[] coordinates)
    {
        Vector256<double> sums = default;
        int row = 0;
        for (; row + Width <= coordinates.Length; row += Width)
        {
            (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(Vector256.LoadUnsafe(ref coordinates[row]));
            sums += lower + upper;
        }
        double sum = Vector256.Sum(sums);
        for (; row < coordinates.Length; row++)
        {
            sum += coordinates[row];
        }
        float mean = (float)(sum / coordinates.Length);
        for (row = 0; row + Width <= coordinates.Length; row += Width)
        {
            (Vector256.LoadUnsafe(ref coordinates[row]) - Vector256.Create(mean)).StoreUnsafe(ref coordinates[row]);
        }
        for (; row < coordinates.Length; row++)
        {
            coordinates[row] -= mean;
        }
    }
}
