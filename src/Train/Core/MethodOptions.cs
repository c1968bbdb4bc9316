using Toolchain.Views;

namespace Toolchain.Train.Core;

/// <summary>Options of one method: a record whose properties are the keys of <c>--set</c>.</summary>
public abstract record MethodOptions : CheckedOptions
{
    /// <summary>Whole recipes by their names in <c>--set preset=NAME</c>; none for most methods.</summary>
    public virtual IReadOnlyDictionary<string, MethodOptions> Presets => new Dictionary<string, MethodOptions>();

    /// <summary>Folders of the runs whose encoders the training starts from; none where it starts from images alone.</summary>
    public virtual IReadOnlyList<string> SourceRuns => [];

    /// <summary>The option that is the number of classes where the data has some and nothing else was said; null for none.</summary>
    public virtual string? ClassesOption => null;

    /// <summary>What of the options makes little sense for so few images, a line each.</summary>
    /// <param name="imageCount">Training images.</param>
    public virtual IEnumerable<string> RemarksOn(int imageCount) => [];

    /// <summary>Images that a whole run trains on, each as often as it is used; a fit counts each once.</summary>
    /// <param name="imageCount">Training images.</param>
    public virtual long ImagesOfRun(int imageCount) => imageCount;
}
