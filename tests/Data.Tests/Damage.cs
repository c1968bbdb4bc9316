using Toolchain.Data.Seeds;

namespace Toolchain.Data.Tests;

/// <summary>Damages files and looks at what a reader makes of them.</summary>
static class Damage
{
    /// <summary>Every shorter file must be refused, with its path in the message.</summary>
    public static void RequireEveryTruncationRefused(TemporaryFolder folder, byte[] whole, Action<string> read, int step = 1)
    {
        for (int length = 0; length < whole.Length; length += step)
        {
            string path = folder.Write("cut", whole.AsSpan(0, length));
            Exception? thrown = Record.Exception(() => read(path));
            Assert.True(thrown is InvalidDataException && thrown.Message.Contains(path, StringComparison.Ordinal)
                && !thrown.Message.Contains('\n', StringComparison.Ordinal),
                $"cut to {length} of {whole.Length} bytes: {thrown?.ToString() ?? "was read"}");
        }
    }

    /// <summary>One to four flipped bits must give either a result or InvalidDataException with the path.</summary>
    public static void RequireFlipsHarmless(TemporaryFolder folder, byte[] whole, Action<string> read, int count)
    {
        int refused = 0;
        for (int trial = 0; trial < count; trial++)
        {
            var random = new RandomStream(11, "flips", sample: trial);
            byte[] damaged = [.. whole];
            for (int flip = random.NextInt32(4); flip >= 0; flip--)
            {
                damaged[random.NextInt32(damaged.Length)] ^= (byte)(1 << random.NextInt32(8));
            }
            string path = folder.Write("flipped", damaged);
            Exception? thrown = Record.Exception(() => read(path));
            Assert.True(thrown is null || (thrown is InvalidDataException && thrown.Message.Contains(path, StringComparison.Ordinal)),
                $"seed 11, trial {trial}: {thrown}");
            refused += thrown is null ? 0 : 1;
        }
        Assert.True(refused > 0, "no damage was ever seen");
    }
}
