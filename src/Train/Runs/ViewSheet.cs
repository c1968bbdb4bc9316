using Toolchain.Data;
using Toolchain.Data.Images;
using Toolchain.Train.Augmentations;
using Toolchain.Train.Core;
using Toolchain.Views;

namespace Toolchain.Train.Runs;

/// <summary>Images and their augmented views as training sees them, on one sheet.</summary>
static class ViewSheet
{
    /// <summary>Views beside each image.</summary>
    public const int ViewsPerRow = 9;

    /// <summary>Images on a sheet.</summary>
    public const int RowCount = 10;

    /// <summary>Writes a PNG, one row for each of <paramref name="data"/>: the image, then its views.</summary>
    /// <param name="path">The PNG.</param>
    /// <param name="method">The method whose views are drawn.</param>
    /// <param name="options">Its options.</param>
    /// <param name="data">The images.</param>
    /// <param name="seed">Seed of the views.</param>
    /// <exception cref="ArgumentException">The method has no views, or an option is out of range.</exception>
    public static void Write(string path, Method method, MethodOptions options, ImageSet data, int seed)
    {
        var augmentation = new Augmentation(Check(method, options), data.Shape, (ulong)seed, IsOfObjects(options, data));
        var views = new float[ViewsPerRow * data.Count * data.Shape.Size];
        augmentation.Draw(data, [.. Enumerable.Range(0, data.Count)], new(0, 0, ViewsPerRow), views);
        byte[] sheet = [.. Enumerable.Range(0, data.Count).SelectMany(image => data.Image(image).ToArray().Concat(
            Enumerable.Range(0, ViewsPerRow)
                .SelectMany(view => views.Skip((view * data.Count + image) * data.Shape.Size).Take(data.Shape.Size))
                .Select(value => (byte)Math.Round(255 * value))))];
        ImageSheet.Write(path, sheet, data.Preprocess, 1 + ViewsPerRow);
    }

    /// <summary>Requires that a method draws views and that their options are in range.</summary>
    /// <exception cref="ArgumentException">It does not, or they are not.</exception>
    public static void Require(Method method, MethodOptions options) => Check(method, options);

    static bool IsOfObjects(MethodOptions options, ImageSet data) => options is IObjectViews several && several.Views.AreOfObjects(data);

    static AugmentationOptions Check(Method method, MethodOptions options)
    {
        AugmentationOptions augmentation = (options as IAugmented)?.Augmentation
            ?? throw new ArgumentException($"{method.Name} learns from the images themselves; it has no views.");
        augmentation.Check();
        return augmentation;
    }
}
