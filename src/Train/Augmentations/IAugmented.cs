using Toolchain.Views;

namespace Toolchain.Train.Augmentations;

/// <summary>Options of a method that learns from views of its images.</summary>
interface IAugmented
{
    /// <summary>How the views are drawn.</summary>
    AugmentationOptions Augmentation { get; }
}
