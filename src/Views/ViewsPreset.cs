using Toolchain.Data;

namespace Toolchain.Views;

/// <summary>Kinds of views.</summary>
public enum ViewsPreset
{
    /// <summary>Those of the dataset: of writing, or of objects.</summary>
    Auto,

    /// <summary>Of writing: affine and elastic maps, other pens (<see cref="AugmentationOptions"/>).</summary>
    Digits,

    /// <summary>Of objects: crops, flips, other colours, blur (<see cref="ObjectViews"/>).</summary>
    Objects,
}

/// <summary>Options of a method that can learn from views of objects too.</summary>
public interface IObjectViews
{
    /// <summary>Kind of views.</summary>
    ViewsPreset Views { get; }
}

/// <summary>What <see cref="ViewsPreset.Auto"/> means.</summary>
public static class ViewsPresets
{
    /// <summary>Whether views are those of objects, asked for or by what the images show.</summary>
    public static bool AreOfObjects(this ViewsPreset views, ImageSet data) =>
        views == ViewsPreset.Objects || (views == ViewsPreset.Auto && data.Content == ImageContent.Objects);
}
