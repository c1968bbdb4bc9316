using System.Text;

namespace Toolchain.Data.Seeds;

/// <summary>
/// Random numbers that depend only on (seed, purpose, epoch, sample, view), never on what was drawn before: resuming, sharding and threads
/// replay nothing. A mutable value: a copy goes on from where it was made, so keep it in a local and pass it by <c>ref</c>.
/// </summary>
public struct RandomStream
{
    readonly ulong key;
    readonly uint epoch, sample, view;
    PhiloxBlock block;
    uint blockIndex;
    int used = 4;

    /// <summary>Opens the stream of one purpose, at its start.</summary>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="purpose">What the numbers are for, such as "shuffle": streams of different purposes are independent.</param>
    /// <param name="epoch">Pass over the data.</param>
    /// <param name="sample">Index of the image in its dataset, or any other index.</param>
    /// <param name="view">Which of several views of the same image.</param>
    /// <exception cref="ArgumentException">The purpose is empty.</exception>
    public RandomStream(ulong seed, string purpose, int epoch = 0, int sample = 0, int view = 0)
        : this(KeyOf(seed, purpose), epoch, sample, view)
    {
    }

    /// <summary>As the other constructor, with the key of <see cref="KeyOf"/> made once for many samples.</summary>
    public RandomStream(ulong key, int epoch, int sample, int view)
    {
        this.key = key;
        this.epoch = (uint)epoch;
        this.sample = (uint)sample;
        this.view = (uint)view;
    }

    /// <summary>The key of (seed, purpose): seed and the FNV-1a hash of the purpose's UTF-8 bytes, mixed by one block of Philox.</summary>
    /// <exception cref="ArgumentException">The purpose is empty.</exception>
    public static ulong KeyOf(ulong seed, string purpose)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        ulong hash = 0xCBF29CE484222325;
        foreach (byte value in Encoding.UTF8.GetBytes(purpose))
        {
            hash = (hash ^ value) * 0x100000001B3;
        }
        PhiloxBlock mixed = Philox.Block(new((uint)seed, (uint)(seed >> 32), (uint)hash, (uint)(hash >> 32)), 0);
        return mixed.X0 | (ulong)mixed.X1 << 32;
    }

    /// <summary>32 random bits.</summary>
    public uint NextUInt32()
    {
        if (used == 4)
        {
            block = Philox.Block(new(blockIndex++, sample, epoch, view), key);
            used = 0;
        }
        return used++ switch { 0 => block.X0, 1 => block.X1, 2 => block.X2, _ => block.X3 };
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64() => NextUInt32() | (ulong)NextUInt32() << 32;

    /// <summary>Uniform in [0,1), a multiple of 2^-24.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * (1f / (1 << 24));

    /// <summary>Uniform in [0,1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1L << 53));

    /// <summary>Uniform in [<paramref name="low"/>,<paramref name="high"/>), up to rounding.</summary>
    public double NextDouble(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Standard normal, by the transform of Box and Muller (1958).</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(Math.Tau * NextDouble());
    }

    /// <summary>Uniform in [0..limit), without bias (Lemire 2019, "Fast random integer generation in an interval", algorithm 5).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is below 1.</exception>
    public int NextInt32(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        uint range = (uint)limit;
        uint rejected = (uint)-range % range;
        ulong product;
        do
        {
            product = (ulong)NextUInt32() * range;
        }
        while ((uint)product < rejected);
        return (int)(product >> 32);
    }

    /// <summary>Puts the items in random order, each order equally likely (Fisher and Yates, from the end).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = NextInt32(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }

    /// <summary>The numbers 0..count-1 in random order.</summary>
    public int[] NextPermutation(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        Shuffle<int>(order);
        return order;
    }
}
