using Toolchain.Train.Models.Capsules;
using static TorchSharp.torch;

namespace Toolchain.Train.Tests.Models.Capsules;

public sealed class TemplateWarpTests
{
    // Half the size, moved right and down by a quarter: the template's outer pixels lie at canvas -.25 and .75, that is on a canvas of nine
    // pixels, a quarter apart, at columns 3, 5 and 7. Reading at the pose instead of its inverse would show the template enlarged.
    [Fact]
    public void Draw_HalfSizeShiftedByAQuarter_LiesWhereThePoseSays()
    {
        Tensor ink = arange(1, 10, float32).view(1, 3, 3), pose = tensor(new float[] { 0.5f, 0, 0.25f, 0, 0.5f, 0.25f }, [1, 1, 6]);
        (Tensor drawn, Tensor opacity) = TemplateWarp.Draw(ink, -ink, pose, 9);
        float[] expected =
        [
            0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0.25f, 0.5f, 0.75f, 1, 1.25f, 1.5f, 0.75f,
            0, 0, 0.5f, 1, 1.5f, 2, 2.5f, 3, 1.5f,
            0, 0, 1.25f, 2.5f, 3, 3.5f, 4, 4.5f, 2.25f,
            0, 0, 2, 4, 4.5f, 5, 5.5f, 6, 3,
            0, 0, 2.75f, 5.5f, 6, 6.5f, 7, 7.5f, 3.75f,
            0, 0, 3.5f, 7, 7.5f, 8, 8.5f, 9, 4.5f,
            0, 0, 1.75f, 3.5f, 3.75f, 4, 4.25f, 4.5f, 2.25f,
        ];
        Assert.Equal(expected, drawn.data<float>().ToArray());
        Assert.Equal([.. expected.Select(value => -value)], opacity.data<float>().ToArray());
    }

    // A quarter turn: the pose maps template (x,y) to (-y,x), so the corner (-1,-1), value 1, comes to (1,-1), top right.
    [Fact]
    public void Draw_QuarterTurn_TurnsTheTemplate()
    {
        Tensor ink = tensor(new float[] { 1, 2, 3, 4 }, [1, 2, 2]), pose = tensor(new float[] { 0, -1, 0, 1, 0, 0 }, [1, 1, 6]);
        Assert.Equal([3f, 1, 4, 2], TemplateWarp.Draw(ink, ink, pose, 2).Ink.data<float>().ToArray());
    }

    [Fact]
    public void Draw_RandomPoses_EqualsTheSlowLoop()
    {
        const int n = 2, p = 3, t = 4, s = 7;
        manual_seed(8);
        Tensor ink = rand(p, t, t), pose = AffinePose.FromNumbers((randn(n, p, 6) * 0.5).unbind(-1)).Stack();
        float[] drawn = TemplateWarp.Draw(ink, ink, pose, s).Ink.contiguous().data<float>().ToArray(), pixels = ink.data<float>().ToArray(),
            poses = pose.data<float>().ToArray();
        for (int i = 0; i < drawn.Length; i++)
        {
            (int x, int y, int part) = (i % s, i / s % s, i / s / s % p);
            float[] m = poses[(i / s / s * 6)..(i / s / s * 6 + 6)];
            double dx = -1 + 2.0 * x / (s - 1) - m[2], dy = -1 + 2.0 * y / (s - 1) - m[5], determinant = m[0] * m[4] - m[1] * m[3];
            double u = ((m[4] * dx - m[1] * dy) / determinant + 1) * (t - 1) / 2,
                v = ((m[0] * dy - m[3] * dx) / determinant + 1) * (t - 1) / 2;
            double sum = 0;
            for (int row = 0; row < t; row++)
            {
                for (int column = 0; column < t; column++)
                {
                    sum += Math.Max(0, 1 - Math.Abs(u - column)) * Math.Max(0, 1 - Math.Abs(v - row)) * pixels[(part * t + row) * t
                        + column];
                }
            }
            Assert.Equal(sum, drawn[i], 1e-4);
        }
    }
}
