using static TorchSharp.torch;

namespace Toolchain.Train.Models.Capsules;

/// <summary>
/// Affine maps of the plane, six tensors of one shape: x' = XX x + XY y + X and y' = YX x + YY y + Y. A part's pose maps its template onto
/// the canvas, both in [-1,1]; an object's maps the part's.
/// </summary>
sealed record AffinePose(Tensor XX, Tensor XY, Tensor X, Tensor YX, Tensor YY, Tensor Y)
{
    /// <summary>
    /// Maps from six unbounded numbers each: two scales in (.01,1.01), an angle as part of a full turn, shear and two shifts in (-1,1) (the
    /// authors' geometric_transform, without its restriction to similarities).
    /// </summary>
    /// <param name="numbers">Scale x, scale y, angle, shear, shift x, shift y: six tensors of one shape.</param>
    public static AffinePose FromNumbers(IReadOnlyList<Tensor> numbers)
    {
        Tensor scaleX = sigmoid(numbers[0]) + 0.01, scaleY = sigmoid(numbers[1]) + 0.01;
        Tensor angle = numbers[2] * (2 * Math.PI), shear = tanh(numbers[3] * 5);
        Tensor c = cos(angle), s = sin(angle);
        Tensor yx = scaleY * s, yy = scaleY * c;
        return new AffinePose(scaleX * c + shear * yx, shear * yy - scaleX * s, tanh(numbers[4] * 5), yx, yy, tanh(numbers[5] * 5));
    }

    /// <summary>From the last axis of <paramref name="pose"/> [...,6].</summary>
    public static AffinePose FromStack(Tensor pose)
    {
        Tensor[] parts = pose.unbind(-1);
        return new AffinePose(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
    }

    /// <summary>First <paramref name="inner"/>, then this map; shapes broadcast.</summary>
    public AffinePose After(AffinePose inner) => new(
        XX * inner.XX + XY * inner.YX, XX * inner.XY + XY * inner.YY, XX * inner.X + XY * inner.Y + X,
        YX * inner.XX + YY * inner.YX, YX * inner.XY + YY * inner.YY, YX * inner.X + YY * inner.Y + Y);

    /// <summary>The six numbers as the last axis, [...,6].</summary>
    public Tensor Stack() => stack([XX, XY, X, YX, YY, Y], -1);
}
