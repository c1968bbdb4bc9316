namespace Toolchain.Data;

/// <summary>Which part of a dataset is meant.</summary>
public enum Split
{
    /// <summary>The images to learn from: 60,000 in MNIST.</summary>
    Train,

    /// <summary>The images to be judged by: 10,000 in MNIST.</summary>
    Test,

    /// <summary>Every image, training images first. Also the split of a source that has no parts of its own.</summary>
    All,
}
