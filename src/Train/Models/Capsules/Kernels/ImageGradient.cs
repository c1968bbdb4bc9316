namespace Toolchain.Train.Models.Capsules.Kernels;

/// <summary>Gradients by image, which tasks fill side by side.</summary>
sealed class ImageGradient(int poseCount, int partCount)
{
    /// <summary>[N,P,6].</summary>
    public float[] Pose { get; } = new float[poseCount];

    /// <summary>[N,P].</summary>
    public float[] Presence { get; } = new float[partCount];

    /// <summary>[N,P].</summary>
    public float[] Colour { get; } = new float[partCount];
}
