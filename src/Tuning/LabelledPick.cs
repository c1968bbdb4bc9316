using Toolchain.Data;
using Toolchain.Data.Seeds;

namespace Toolchain.Tuning;

/// <summary>A few labelled images of each class, as if no others had been labelled.</summary>
public static class LabelledPick
{
    /// <summary>The first <paramref name="perClass"/> images of each class in a random order; all where there are fewer.</summary>
    /// <param name="data">Labelled images.</param>
    /// <param name="perClass">At least 1.</param>
    /// <param name="seed">Seed of the order.</param>
    public static ImageSet Of(ImageSet data, int perClass, int seed)
    {
        var taken = new Dictionary<int, int>();
        HashSet<int> picked = [];
        foreach (int sample in new RandomStream((ulong)seed, "labelled").NextPermutation(data.Count))
        {
            int label = data.Labels![sample], count = taken.GetValueOrDefault(label);
            if (count < perClass)
            {
                taken[label] = count + 1;
                picked.Add(sample);
            }
        }
        return data.Where(picked.Contains);
    }
}
