namespace Toolchain.Data.Published;

/// <summary>What the images of a published dataset are.</summary>
/// <param name="Shape">Channels and size of every image.</param>
/// <param name="Fit">How pictures of other sizes become such images.</param>
/// <param name="Content">What they show.</param>
/// <param name="Classes">What each label means, that of label 0 first.</param>
sealed record PublishedCard(ImageShape Shape, FitMode Fit, ImageContent Content, IReadOnlyList<string> Classes);
