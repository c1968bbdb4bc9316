using Toolchain.Data;

namespace Toolchain.Commands;

/// <summary>Images for scoring from a source without parts.</summary>
static class HeldOut
{
    const int Every = 5;

    /// <summary>Keeps every fifth image for scoring where both parts are the same: a folder has its classes one after another.</summary>
    /// <returns>Whether it did.</returns>
    /// <exception cref="InvalidDataException">There are too few images.</exception>
    public static bool Of(ref ImageSet train, ref ImageSet test)
    {
        if (train.Sha256 != test.Sha256)
        {
            return false;
        }
        ImageSet all = train;
        if (all.Count < 2 * Every)
        {
            throw new InvalidDataException($"'{all.Name}': expected at least {2 * Every} images to hold some out, found {all.Count}.");
        }
        (train, test) = (all.Where(index => index % Every != Every - 1), all.Where(index => index % Every == Every - 1));
        return true;
    }
}
